// Runs before the first paint, so that no reader sees a flash of the other theme. Kept in step with lib/theme.ts.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("omnilens-theme");
  } catch {
    // Storage can be forbidden; the system's wish is a good answer then.
  }
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const theme = chosen === "light" || chosen === "dark" ? chosen : system;
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]').content = theme === "light" ? "#f7f8fa" : "#0c0e12";
})();
