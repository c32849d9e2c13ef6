import { describe, expect, it } from "@jest/globals";
import { TaskTurns } from "../../../../../scripts/local/step-functions/task-turns.ts";

const settled = () => new Promise(setImmediate);

/** Tasks that begin in their turn and end when they are told to. */
function tasksIn(turns: TaskTurns) {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  return {
    begun,
    ask: (age: number) =>
      void turns.take(age).then((end) => {
        begun.push(age);
        ends.set(age, end);
      }),
    end: async (age: number) => {
      ends.get(age)?.();
      await settled();
    },
  };
}

describe("the turns of tasks", () => {
  it("lets eight begin for each core, and the next when one ends", async () => {
    const { ask, begun, end } = tasksIn(new TaskTurns(1));
    for (let age = 1; age <= 10; age++) ask(age);
    await settled();
    expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await end(3);
    expect(begun.at(-1)).toBe(9);
  });

  it("gives the turn to the oldest execution, whenever it asked", async () => {
    const { ask, begun, end } = tasksIn(new TaskTurns(1));
    for (let age = 11; age <= 18; age++) ask(age);
    for (const age of [30, 20, 40, 2]) ask(age);
    await settled();
    for (const age of [11, 12, 13, 14]) await end(age);
    expect(begun.slice(8)).toEqual([2, 20, 30, 40]);
  });

  it("begins no more than there are cores while requests wait", async () => {
    const turns = new TaskTurns(1);
    const { ask, begun, end } = tasksIn(turns);
    turns.yieldTo(3);
    for (const age of [1, 2, 3]) ask(age);
    await settled();
    expect(begun).toEqual([1]);
    await end(1);
    expect(begun).toEqual([1, 2]);
    turns.yieldTo(0);
    await end(2);
    ask(4);
    await settled();
    expect(begun).toEqual([1, 2, 3, 4]);
  });
});
