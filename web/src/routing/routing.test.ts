import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ask, go } from "./address";
import { followLinks } from "./follow-links";
import { boardPath, doctorPath, isPage, reportPath, runPath, withSearch } from "./paths";

const here = () => location.pathname + location.search;

beforeEach(() => {
  history.replaceState(null, "", "/");
  document.body.replaceChildren();
});

describe("addresses", () => {
  it.each([
    [boardPath("api"), "/dashboard/api"],
    [boardPath("a/b"), "/dashboard/a%2Fb"],
    [boardPath("api", { workflow: "Build & test", kiosk: undefined }), "/dashboard/api?workflow=Build+%26+test"],
    [runPath("api", 7), "/dashboard/api/runs/7"],
    [runPath("api", 7, 2), "/dashboard/api/runs/7?attempt=2"],
    [reportPath("api", 90), "/dashboard/api/report?days=90"],
    [doctorPath("api"), "/dashboard/api/doctor"],
  ])("%s", (made, expected) => {
    expect(made).toBe(expected);
    expect(isPage(new URL(made, location.origin).pathname)).toBe(true);
  });

  it.each(["/api/repos", "/manual/", "/auth/login", "/metrics", "/notifications/x"])("%s is the server's", (path) => {
    expect(isPage(path)).toBe(false);
  });

  it("are read back as they were written", () => {
    const q = '"50%" #12 +1 ü&?';
    expect(new URLSearchParams(withSearch("/", { q }).slice(1)).get("q")).toBe(q);
  });
});

describe("what is asked for", () => {
  it("changes, and the rest stays", () => {
    go("/dashboard/api?q=x&date=2026-11-20&branch=main");
    ask({ date: undefined, branch: "next", kiosk: 1 });
    expect(here()).toBe("/dashboard/api?q=x&branch=next&kiosk=1");
  });

  it("is a step to come back to, unless it takes the place of the last", () => {
    const before = history.length;
    ask({ q: "a" }, { replace: true });
    expect(history.length).toBe(before);
    ask({ q: "b" });
    expect(history.length).toBe(before + 1);
    go(here()); // where one is already
    expect(history.length).toBe(before + 1);
  });
});

describe("a link", () => {
  let unfollow: () => void;
  let scrolled: ReturnType<typeof vi.fn<() => void>>;

  beforeEach(() => {
    unfollow = followLinks();
    scrolled = vi.fn<() => void>();
    vi.stubGlobal("scrollTo", scrolled);
  });
  afterEach(() => {
    unfollow();
    vi.unstubAllGlobals();
  });

  /** Whether the page follows it, instead of the browser. */
  function followed(html: string, click: MouseEventInit = {}): boolean {
    document.body.innerHTML = html;
    let prevented = false;
    const last = (event: Event) => {
      prevented = event.defaultPrevented;
      event.preventDefault();
    };
    window.addEventListener("click", last, { once: true });
    const event = new MouseEvent("click", { bubbles: true, cancelable: true, ...click });
    document.querySelector("a > *, a")?.dispatchEvent(event);
    return prevented;
  }

  it("to a page of ours is followed, and shows it from its top", () => {
    expect(followed('<a href="/dashboard/api?q=x"><b>api</b></a>')).toBe(true);
    expect(here()).toBe("/dashboard/api?q=x");
    expect(scrolled).toHaveBeenCalledOnce();
  });

  it("to the same thing seen differently stays where one is", () => {
    expect(followed('<a href="/dashboard/api/runs/1?attempt=1" data-keep-scroll>1</a>')).toBe(true);
    expect(scrolled).not.toHaveBeenCalled();
  });

  it.each([
    ["to GitHub", '<a href="https://github.com/acme">x</a>'],
    ["to the same path elsewhere", '<a href="https://other.test/dashboard/api">x</a>'],
    ["to what the server answers itself", '<a href="/manual/">x</a>'],
    ["into another tab", '<a href="/dashboard/api" target="_blank">x</a>'],
    ["to a file", '<a href="/dashboard/api" download="x">x</a>'],
    ["to a place in the page", '<a href="#main">x</a>'],
    ["to nothing", "<a>x</a>"],
  ])("%s is the browser's", (_, html) => {
    expect(followed(html)).toBe(false);
    expect(here()).toBe("/");
  });

  it.each([{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { altKey: true }, { button: 1 }])(
    "is the browser's with %o",
    (click) => {
      expect(followed('<a href="/dashboard/api">x</a>', click)).toBe(false);
    },
  );

  it("is nobody's where somebody else has dealt with it", () => {
    document.body.innerHTML = '<p><a href="/dashboard/api">x</a></p>';
    document.querySelector("p")?.addEventListener("click", (event) => event.preventDefault());
    document.querySelector("a")?.click();
    expect(here()).toBe("/");
  });
});
