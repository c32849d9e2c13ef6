// Checks a value against a schema: what comes from outside, and what we are about to write.
import { escapePointer } from "../errors/json-pointer.ts";
import { ContractViolated, type FieldError } from "../errors/registry.ts";
import { sentenceFor } from "./sentences.ts";
import generated from "./validators.cjs";

/**
 * Everything that is wrong with the value, by the schema of that title. Empty when the value keeps
 * its contract. Throws ContractViolated for an unknown title.
 */
export function violations(title: string, value: unknown): FieldError[] {
  const validate = generated.validators[title];
  if (!validate) throw new ContractViolated(`there is no schema titled ${title}`);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter((error) => error.keyword !== "propertyNames")
    .map((error) => {
      const extra = error.params.additionalProperty ?? error.params.missingProperty;
      const pointer =
        extra === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(extra)}`;
      return { pointer, detail: sentenceFor(title, error) };
    });
}

/**
 * Asserts that our own value keeps its contract. Throws ContractViolated, which is never retried.
 */
export function assertContract(title: string, value: unknown): void {
  const found = violations(title, value);
  if (found.length > 0) {
    const text = found.map(({ pointer, detail }) => `${pointer} ${detail}`).join("; ");
    throw new ContractViolated(`${title}: ${text}`);
  }
}

declare const KEEPS_ITS_CONTRACT: unique symbol;
/** Members that keep their contract. What a member means is judged of these alone. */
export type Sound = Readonly<Record<string, unknown>> & { readonly [KEEPS_ITS_CONTRACT]: true };

/** The members of a body in which `broken`, its violations, finds nothing wrong. */
export function soundMembers(body: Record<string, unknown>, broken: readonly FieldError[]): Sound {
  const wrong = new Set(broken.map(({ pointer = "" }) => pointer.split("/", 2)[1]));
  const sound = Object.entries(body).filter(([name]) => !wrong.has(escapePointer(name)));
  return Object.fromEntries(sound) as Sound;
}
