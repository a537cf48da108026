import { useState } from "react";
import { addBrowser, pushKey } from "../../api/push";
import { Button } from "../../components/ui/button";
import { askForPermission, type Permission, permission } from "../../lib/device-notices";
import { subscribeToPush } from "../../lib/web-push";

/** Browsers show notices only where they were asked to, and only an act of the reader may make us ask. */
export function DeviceButton() {
  const [state, setState] = useState(permission);
  if (state === "impossible") return null;
  if (state === "default") return <Button onClick={() => void ask().then(setState)}>Show on this device</Button>;
  const hint =
    state === "granted"
      ? "Also shown by this browser while no page of ours is visible."
      : "This browser was told not to show notices of this page; its settings for the site can change that.";
  return (
    <span className="text-dim max-sm:hidden" title={hint}>
      {state === "granted" ? "Shown on this device" : "Blocked by this browser"}
    </span>
  );
}

async function ask(): Promise<Permission> {
  const answer = await askForPermission();
  if (answer === "granted") await renewPush();
  return answer;
}

/** Where it fails, this browser is told as long as a page of ours is open, as without it. */
export async function renewPush(): Promise<void> {
  if (permission() !== "granted") return;
  try {
    await subscribeToPush(await pushKey(), addBrowser);
  } catch {
    // Its maker's push service cannot be reached, or does not want to.
  }
}
