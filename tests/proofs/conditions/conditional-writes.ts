// The conditions of the stores' writes, as their client sends them. Each has a name, and one of
// them can be taken out of every write that has it. The sources stay as they are.
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Item } from "../../../functions/lib/adapters/dynamodb/item.ts";
import { markAttributesOf } from "../../../functions/lib/domain/payment.ts";
import { RESULT_OF, STEPS } from "../../../functions/lib/domain/saga-definition.ts";
import { parseCondition, removals, textOf } from "./condition-tree.ts";
import { nameOf, type Place } from "./place.ts";

/** The parts of a write that matter here; a Put has an Item, an Update and a Delete have a Key. */
type Write = Partial<{
  Item: Item;
  Key: Item;
  UpdateExpression: string | undefined;
  ConditionExpression: string | undefined;
  ExpressionAttributeNames: Record<string, string> | undefined;
  ExpressionAttributeValues: Item | undefined;
  ReturnValuesOnConditionCheckFailure: string | undefined;
}>;
type Request = Write & { TransactItems?: Record<string, Write>[] };
type Command = { input: Request; constructor: new (input: Request) => Command };

/** Whose method is at work: what it does inside belongs to it. */
const writer = new AsyncLocalStorage<string>();
export const writerNow = (): string | undefined => writer.getStore();

/** Attributes that a step names are one condition: the code that writes it knows no step. */
const OF_STEPS = new Map([
  ...markAttributesOf(STEPS).map(({ kind, attribute }): [string, string] => [attribute, `${kind}_<step>`]),
  ...Object.values(RESULT_OF).map((attribute): [string, string] => [attribute, "<result of the step>"]),
]);

/**
 * Milliseconds before a write without a condition goes out. Those who come at once then meet, as
 * they would in another room: a test of a race would else miss nothing on a table that is too near.
 */
const APART_MS = 5;

const FIRST_ONLY = /(#?\w+) = if_not_exists\(\1, (:\w+)\)/g;

export class ConditionalWrites {
  /** Told of each condition of each write. */
  seen: (place: Place) => void = () => undefined;
  /** The name of the one that is taken out. */
  without: string | undefined;
  /** What DynamoDB said of a command that it could not read. */
  readonly unreadable: string[] = [];

  /** From here on the client of everybody in this process sends what this leaves of a write. */
  install(): void {
    const { send } = DynamoDBClient.prototype;
    const sendRewritten = this.sendRewritten.bind(this);
    const replaced = function (this: DynamoDBClient, command: unknown): Promise<unknown> {
      const sent = () =>
        sendRewritten(command as Command, (rewritten) => Reflect.apply(send, this, [rewritten]));
      const name = writerNow() ?? functionThatSends();
      return name === undefined ? sent() : writer.run(name, sent);
    };
    DynamoDBClient.prototype.send = replaced as typeof send;
  }

  private async sendRewritten(
    command: Command,
    send: (rewritten: Command) => Promise<unknown>,
  ): Promise<unknown> {
    const rewritten = this.rewritten(command);
    if (this.without === undefined) return send(rewritten);
    await wait(APART_MS);
    try {
      return await send(rewritten);
    } catch (error) {
      if (error instanceof Error && isUnreadable(error))
        this.unreadable.push(`${this.without}: ${error.message}`);
      throw error;
    }
  }

  private rewritten(command: Command): Command {
    const { TransactItems } = command.input;
    const input = TransactItems
      ? { ...command.input, TransactItems: TransactItems.map((item) => this.lessItem(item)) }
      : this.less(command.input);
    return new command.constructor(input);
  }

  private lessItem(item: Record<string, Write>): Record<string, Write> {
    const less = Object.entries(item).map(([verb, write]) => [verb, withCheck(verb, this.less(write))]);
    return Object.fromEntries(less);
  }

  private less(write: Write): Write {
    const condition = this.lessCondition(write);
    const update = this.lessUpdate(write);
    if (condition === write.ConditionExpression && update === write.UpdateExpression) return write;
    return onlyWhatIsNamed({ ...write, ConditionExpression: condition, UpdateExpression: update });
  }

  private lessCondition(write: Write): string | undefined {
    const { ConditionExpression: condition } = write;
    if (!condition) return condition;
    // Not the first that is out: each is told of.
    const [taken] = removals(parseCondition(condition)).filter(({ part }) => this.isOut(write, part));
    return taken ? taken.rest && textOf(taken.rest) : condition;
  }

  private lessUpdate(write: Write): string | undefined {
    const { UpdateExpression: update } = write;
    if (!update?.includes("if_not_exists")) return update;
    if (update.replaceAll(FIRST_ONLY, "").includes("if_not_exists"))
      throw new Error(`this proof does not know how to read the update ${update}`);
    return update.replaceAll(FIRST_ONLY, (text, name, value) =>
      this.isOut(write, text) ? `${name} = ${value}` : text,
    );
  }

  private isOut(write: Write, text: string): boolean {
    const store = writerNow();
    if (!store) throw new Error(`a conditional write of no store: ${text}`);
    const place = {
      write: `${store} ${kindOf(write)}`,
      part: attributesIn(text, write.ExpressionAttributeNames),
    };
    this.seen(place);
    return this.without === nameOf(place);
  }
}

/** From here on what a method of the class sends is known as its own. */
export function nameMethods(store: { name: string; prototype: object }): void {
  for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(store.prototype))) {
    if (typeof value !== "function" || method === "constructor") continue;
    const name = `${store.name.replace(/^(Dynamo|Memory)/, "")}.${method}`;
    const replaced = function (this: unknown, ...given: unknown[]): unknown {
      return writer.run(writer.getStore() ?? name, () => value.apply(this, given));
    };
    Object.defineProperty(store.prototype, method, { value: replaced, writable: true, configurable: true });
  }
}

/**
 * A store's function that stands outside of every class cannot be replaced. It is found on the
 * stack: the outermost one of a store's source.
 */
function functionThatSends(): string | undefined {
  const frames = new Error().stack?.matchAll(/ at (?:async )?(\w+) \(.*\/functions\/lib\/adapters\//g);
  return [...(frames ?? [])].at(-1)?.[1];
}

/**
 * What kind of item is written: its sort key as far as all items of the kind have it in common. A
 * currency alone is nothing that they have in common.
 */
function kindOf({ Item, Key }: Write): string {
  const { pk, sk } = Item ?? Key ?? {};
  const [kind] = /^(?![A-Z]{3}$)[A-Z_]+(?=#|$)/.exec(sk?.S ?? "") ?? /^[A-Z_]+/.exec(pk?.S ?? "") ?? [];
  if (!kind) throw new Error("a conditional write of an item without a kind");
  return kind;
}

/** The text with attributes instead of the places for their names. */
export const attributesIn = (text: string, names: Record<string, string> = {}): string =>
  text.replaceAll(/#?\w+/g, (word) => {
    const attribute = names[word] ?? word;
    return OF_STEPS.get(attribute) ?? attribute;
  });

/** DynamoDB refuses names and values that no expression uses. */
function onlyWhatIsNamed({ ConditionExpression: condition, ...write }: Write): Write {
  const used = new Set(`${condition} ${write.UpdateExpression}`.match(/[#:]\w+/g));
  const keep = <Value>(all: Record<string, Value> = {}): Record<string, Value> | undefined => {
    const kept = Object.entries(all).filter(([name]) => used.has(name));
    return kept.length > 0 ? Object.fromEntries(kept) : undefined;
  };
  return {
    ...write,
    ...(condition ? { ConditionExpression: condition } : { ReturnValuesOnConditionCheckFailure: undefined }),
    ExpressionAttributeNames: keep(write.ExpressionAttributeNames),
    ExpressionAttributeValues: keep(write.ExpressionAttributeValues),
  };
}

/** A check is nothing but its condition: one without any lets everything through. */
const withCheck = (verb: string, write: Write): Write =>
  verb === "ConditionCheck" && write.ConditionExpression === undefined
    ? { ...write, ConditionExpression: "attribute_exists(pk) OR attribute_not_exists(pk)" }
    : write;

/** An update of what is not there was read: the condition would have held it back. */
const isUnreadable = ({ name, message }: Error): boolean =>
  name === "ValidationException" && !OF_WHAT_IS_NOT_THERE.test(message);
const OF_WHAT_IS_NOT_THERE =
  /refers to an attribute that does not exist|document path provided in the update expression is invalid/;
