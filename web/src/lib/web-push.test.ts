import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { subscribeToPush } from "./web-push";

const KEY = "AQID-_8"; // 01 02 03 fb ff
const added = vi.fn(async () => {});
const unsubscribe = vi.fn(async () => true);
const subscribe = vi.fn(async () => ({ toJSON: () => ({ endpoint: "https://push.example/1" }) }));
let known: unknown = null;

beforeEach(() => {
  known = null;
  for (const mock of [added, unsubscribe, subscribe]) mock.mockClear();
  const registration = { pushManager: { subscribe, getSubscription: async () => known } };
  vi.stubGlobal("PushManager", class {});
  Object.defineProperty(navigator, "serviceWorker", {
    configurable: true,
    value: { register: vi.fn(async () => registration) },
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, "serviceWorker");
});

const withKey = (...bytes: number[]) => ({
  options: { applicationServerKey: new Uint8Array(bytes).buffer },
  unsubscribe,
});

it("gives the server the subscription", async () => {
  expect(await subscribeToPush(KEY, added)).toBe(true);
  expect(subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: KEY });
  expect(added).toHaveBeenCalledWith({ endpoint: "https://push.example/1" });
});

it("begins anew where the browser knows another sender", async () => {
  known = withKey(1, 2, 3, 251, 255);
  await subscribeToPush(KEY, added);
  expect(unsubscribe).not.toHaveBeenCalled();
  known = withKey(9, 9);
  await subscribeToPush(KEY, added);
  expect(unsubscribe).toHaveBeenCalledOnce();
});

it("does nothing where it cannot be", async () => {
  expect(await subscribeToPush(null, added)).toBe(false);
  vi.unstubAllGlobals();
  expect(await subscribeToPush(KEY, added)).toBe(false);
  expect(added).not.toHaveBeenCalled();
});
