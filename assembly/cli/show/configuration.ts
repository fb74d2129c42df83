/** Parts of the running configuration, what is stored, and where. */
import { STARTUP_CONFIG_MAX } from "../../limits";
import { NO_INTERFACE } from "../../net/interface";
import { showStartup } from "../commands/files";
import { write } from "../commands/interface";
import { noSuchPort } from "../ports";
import { row } from "../grammar";
import * as matcher from "../matcher";
import { gather, gathered, nl, out, refused, say } from "../output";
import * as login from "../login";
import { writeConfiguration } from "../running_config";
import * as startup from "../startup";

export function rows(): void {
  row("e:show running-config interface IF", showInterface);
  row("e:show running-config brief", showBrief);
  row("e:show configuration", showStartup);
  row("ue:show (flash:|nvram:)", directory);
  row("ue:dir [flash:|nvram:|WORD]", directory);
}

function showInterface(no: bool): bool {
  const port = matcher.port(matcher.base + 3);
  if (port == NO_INTERFACE) return noSuchPort(port);
  gather(null);
  write(port);
  const octets = gathered();
  say("Building configuration...");
  nl();
  out.put("Current configuration : ").u32(octets).put(" bytes");
  nl();
  say("!");
  write(port);
  say("!");
  return true;
}

/** Without the certificates, which are long. */
function showBrief(no: bool): bool {
  if (login.level < 2) return refused("The configuration is shown from privilege level 2 on, and its keys at level 15.");
  say("Building configuration...");
  nl();
  say("Current configuration:");
  writeConfiguration(true);
  return true;
}

/** There are no files but the one. */
function directory(no: bool): bool {
  const length = startup.fetch();
  startup.empty();
  say("Directory of nvram:/");
  nl();
  if (length) out.put("    1  -rw-  ").u64Wide(length, 10).put("  startup-config");
  else out.put("No files in directory");
  nl();
  nl();
  out.u32(STARTUP_CONFIG_MAX).put(" bytes total (").u32(length < STARTUP_CONFIG_MAX ? STARTUP_CONFIG_MAX - length : 0).put(" bytes free)");
  nl();
  return true;
}
