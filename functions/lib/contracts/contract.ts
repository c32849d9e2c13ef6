// Checks a value against a schema: what comes from outside, and what we are about to write.
import { ContractViolated, type FieldError } from "../errors/registry.ts";
import validators from "./validators.cjs";

/**
 * Everything that is wrong with the value, by the schema of that title. Empty when the value keeps
 * its contract. Throws ContractViolated for an unknown title.
 */
export function violations(title: string, value: unknown): FieldError[] {
  const validate = validators[title];
  if (!validate) throw new ContractViolated(`there is no schema titled ${title}`);
  if (validate(value)) return [];
  return (validate.errors ?? [])
    .filter((error) => error.keyword !== "propertyNames")
    .map((error) => {
      const extra = error.params.additionalProperty ?? error.params.missingProperty;
      const pointer =
        extra === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(extra)}`;
      return { pointer, detail: sentenceFor(error.keyword, error.message ?? "is invalid") };
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

/** RFC 6901. */
const escapePointer = (name: string): string => name.replaceAll("~", "~0").replaceAll("/", "~1");

function sentenceFor(keyword: string, message: string): string {
  if (keyword === "additionalProperties") return "is not a known field";
  if (keyword === "required") return "is required";
  return message;
}
