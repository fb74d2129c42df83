/** Saving, erasing and showing the configuration. */
import { STARTUP_CONFIG_MAX } from "../../limits";
import * as login from "../login";
import { row } from "../grammar";
import { gather, gathered, nl, out, refuse, refused, say } from "../output";
import { writeConfiguration } from "../running_config";
import * as startup from "../startup";

export function rows(): void {
  row("e:copy running-config startup-config", save);
  row("e:write [memory]", save);
  row("e:write erase", erase);
  row("e:write terminal", showRunning);
  row("e:erase startup-config", erase);
  row("ue:show running-config", showRunning);
  row("e:show startup-config", showStartup);
}

function save(no: bool): bool {
  // Measured first: one that is too long leaves what was saved before, and there is no second buffer for it.
  gather(null);
  writeConfiguration();
  if (gathered() > STARTUP_CONFIG_MAX) {
    refuse("The configuration is longer than ").u32(STARTUP_CONFIG_MAX).put(" octets and was not saved.");
    nl();
    return false;
  }
  gather(startup.empty());
  writeConfiguration();
  gathered();
  say("Building configuration...");
  if (!startup.save()) return false;
  say("[OK]");
  return true;
}

function erase(no: bool): bool {
  if (!startup.erase()) return false;
  say("[OK]");
  say("Erase of nvram: complete");
  return true;
}

function showRunning(no: bool): bool {
  if (login.level < 2) return refused("The configuration is shown from privilege level 2 on, and its keys at level 15.");
  say("Building configuration...");
  nl();
  say("Current configuration:");
  writeConfiguration();
  return true;
}

/** What is stored. */
export function showStartup(no: bool): bool {
  const length = startup.fetch();
  if (!length) return refused("startup-config is not present");
  out.put("Using ").u32(length).put(" out of ").u32(STARTUP_CONFIG_MAX).put(" bytes");
  nl();
  startup.print();
  return true;
}
