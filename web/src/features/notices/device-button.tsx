import { useState } from "react";
import { Button } from "../../components/ui/button";
import { askForPermission, permission } from "../../lib/device-notices";

/** Browsers show notices only where they were asked to, and only an act of the reader may make us ask. */
export function DeviceButton() {
  const [state, setState] = useState(permission);
  if (state === "impossible") return null;
  if (state === "default") {
    return <Button onClick={() => void askForPermission().then(setState)}>Show on this device</Button>;
  }
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
