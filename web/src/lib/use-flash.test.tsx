import { render } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { useFlash, useFlashMemory } from "./use-flash";

let onScreen = true;
let flashed: string[] = [];

beforeEach(() => {
  onScreen = true;
  flashed = [];
  vi.stubGlobal(
    "IntersectionObserver",
    class {
      readonly tell: (entries: object[]) => void;
      constructor(tell: (entries: object[]) => void) {
        this.tell = tell;
      }
      observe(): void {
        this.tell([{ isIntersecting: onScreen }]);
      }
      disconnect(): void {}
    },
  );
  vi.stubGlobal("matchMedia", () => ({ matches: false }));
  Element.prototype.animate = function animate(this: Element) {
    flashed.push(this.textContent);
    return {} as Animation;
  };
});

type Things = Record<string, string>;

function View({ name = "all", left, right }: { name?: string; left: Things; right: Things }) {
  const flashes = useFlashMemory(name);
  const thing = ([key, said]: [string, string]) => <Thing key={key} id={key} said={said} flashes={flashes} />;
  return (
    <>
      <div>{Object.entries(left).map(thing)}</div>
      <div>{Object.entries(right).map(thing)}</div>
    </>
  );
}

function Thing({ id, said, flashes }: { id: string; said: string; flashes: ReturnType<typeof useFlashMemory> }) {
  return <p ref={useFlash<HTMLParagraphElement>(flashes, id, said)}>{`${id} ${said}`}</p>;
}

it("highlights what has changed or is new, and not what was there at first", () => {
  const { rerender } = render(<View left={{ a: "1", b: "1" }} right={{}} />);
  expect(flashed).toEqual([]);
  rerender(<View left={{ a: "2", b: "1", c: "1" }} right={{}} />);
  expect(flashed).toEqual(["a 2", "c 1"]);
  rerender(<View left={{ a: "2", b: "1", c: "1" }} right={{}} />);
  expect(flashed).toHaveLength(2);
});

it("highlights what has moved only where it has also changed", () => {
  const { rerender } = render(<View left={{ a: "1", b: "1" }} right={{}} />);
  rerender(<View left={{}} right={{ a: "2", b: "1" }} />);
  expect(flashed).toEqual(["a 2"]);
});

it("leaves alone what another view shows", () => {
  const { rerender } = render(<View left={{ a: "1" }} right={{}} />);
  rerender(<View name="other" left={{ a: "1", b: "1" }} right={{}} />);
  expect(flashed).toEqual([]);
  rerender(<View name="other" left={{ a: "1", b: "2" }} right={{}} />);
  expect(flashed).toEqual(["b 2"]);
});

it("moves nothing where nobody sees it, or wants to", () => {
  const { rerender } = render(<View left={{ a: "1" }} right={{}} />);
  onScreen = false;
  rerender(<View left={{ a: "2" }} right={{}} />);
  onScreen = true;
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
  rerender(<View left={{ a: "3" }} right={{}} />);
  expect(flashed).toEqual([]);
});
