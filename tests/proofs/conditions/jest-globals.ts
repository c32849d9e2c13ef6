// What a test imports from `@jest/globals`, outside of jest. The tests are collected, so that some
// of them can run again and again in one process. `expect` and `jest` are jest's own.
import { createRequire } from "node:module";
import { format } from "node:util";

export type Test = { title: string; run: () => unknown };
export type Block = {
  before: (() => unknown)[];
  beforeEach: (() => unknown)[];
  after: (() => unknown)[];
  children: (Block | Test)[];
};

const newBlock = (): Block => ({ before: [], beforeEach: [], after: [], children: [] });
const path: string[] = [];
let current = newBlock();

/** What the module that `load` imports describes. */
export async function collect(load: () => Promise<unknown>): Promise<Block> {
  const block = newBlock();
  current = block;
  await load();
  return block;
}

type Define<Body> = (title: string, body: Body) => void;

function block(title: string, body: () => void): void {
  const [outer, inner] = [current, newBlock()];
  outer.children.push(inner);
  path.push(title);
  current = inner;
  body();
  current = outer;
  path.pop();
}

const test: Define<() => unknown> = (title, run) => {
  current.children.push({ title: [...path, title].join(": "), run });
};

/** Rows of a table: a title takes as many of a row's values as it has places for. */
const each =
  <Body extends (...row: never[]) => unknown>(define: Define<() => void>) =>
  (rows: readonly unknown[]): Define<Body> =>
  (title, body) => {
    const places = title.match(/%[sdjo]/g)?.length ?? 0;
    for (const row of rows) {
      const values = Array.isArray(row) ? row : [row];
      define(format(title, ...values.slice(0, places)), () => body(...(values as never[])));
    }
  };

export const describe = Object.assign(block, { each: each(block) });
export const it = Object.assign(test, { each: each(test) });
export const beforeAll = (hook: () => unknown): void => void current.before.push(hook);
export const beforeEach = (hook: () => unknown): void => void current.beforeEach.push(hook);
export const afterAll = (hook: () => unknown): void => void current.after.push(hook);

const ofJest = createRequire(createRequire(import.meta.url).resolve("@jest/globals"));
export const { jestExpect: expect } = ofJest("@jest/expect") as { jestExpect: unknown };
export const jest: unknown = new (
  ofJest("jest-mock") as { ModuleMocker: new (global: object) => object }
).ModuleMocker(globalThis);
