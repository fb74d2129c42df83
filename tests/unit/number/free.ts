import { freeWorkspace, takeWorkspace } from "../../../assembly/number/workspace";

/** Whether no job has the workspace. */
export function workspaceFree(): bool {
  const at = takeWorkspace();
  if (at) freeWorkspace(at);
  return at != 0;
}
