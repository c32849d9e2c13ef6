// The body of a request: bytes of UTF-8 that are one JSON object, and say that they are. What could
// be read in two ways is refused.
import { asFieldError, readJson } from "../contracts/json-text.ts";
import {
  ContentTooLarge,
  type FieldError,
  InvalidRequest,
  UnsupportedMediaType,
} from "../errors/registry.ts";
import { MOST_ERRORS } from "./problem.ts";

/**
 * Of every body. All that the schemas bound in characters fits, of four bytes each (50 entries of
 * metadata are 108 KB): what is too large by a schema is told where, and not as a whole.
 */
export const MAX_BODY_BYTES = 128 * 1024;

type Headers = Record<string, string | undefined>;

const invalid = (detail: string, errors: FieldError[]): InvalidRequest => new InvalidRequest(detail, errors);

/** The text of a body. Throws ContentTooLarge, UnsupportedMediaType or InvalidRequest. */
export function textOf(bytes: Buffer, headers: Headers): string {
  if (bytes.length > MAX_BODY_BYTES) throw new ContentTooLarge("the body exceeds 128 KiB");
  const encoding = headers["content-encoding"]?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== "identity")
    throw new UnsupportedMediaType("send the body as it is, without content-encoding");
  try {
    // A byte order mark stays: a signature covers it, and JSON has none.
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid("the body is not UTF-8", [{ pointer: "", detail: "is not UTF-8" }]);
  }
}

/** Throws UnsupportedMediaType for everything but JSON in UTF-8. */
export function assertJson(headers: Headers): void {
  const { type, charsets } = mediaTypeOf(headers["content-type"] ?? "");
  if (!isJson(type)) throw new UnsupportedMediaType("send content-type: application/json");
  if (charsets.some((charset) => charset !== "utf-8" && charset !== "utf8"))
    throw new UnsupportedMediaType("JSON is UTF-8: send content-type: application/json");
}

/** A merge patch may be sent as the JSON that it is. A patch of another kind means other things. */
const MERGE_PATCH = ["application/merge-patch+json", "application/json"];

/** Throws UnsupportedMediaType for everything but a merge patch in UTF-8. */
export function assertMergePatch(headers: Headers): void {
  assertJson(headers);
  if (!MERGE_PATCH.includes(mediaTypeOf(headers["content-type"] ?? "").type))
    throw new UnsupportedMediaType(`send content-type: ${MERGE_PATCH.join(" or ")}`);
}

/** Only `charset` is read of the parameters. Neither ignores nor repeats anything: it is linear. */
function mediaTypeOf(header: string): { type: string; charsets: string[] } {
  const [type = "", ...parameters] = header.toLowerCase().split(";");
  const pairs = parameters.map((parameter) => {
    const [name = "", ...value] = parameter.split("=");
    return { name: name.trim(), value: value.join("=").trim().replaceAll('"', "") };
  });
  const charsets = pairs.filter(({ name }) => name === "charset").map(({ value }) => value);
  return { type: type.trim(), charsets };
}

/** A header that was sent twice comes joined with a comma, and names no type. */
const isJson = (type: string): boolean =>
  type === "application/json" ||
  (type.startsWith("application/") && type.endsWith("+json") && !/[\s,]/.test(type));

/** The JSON object of the text. Throws InvalidRequest with all that its text leaves unsure. */
export function objectIn(text: string): Record<string, unknown> {
  const { value, faults } = parsed(text);
  if (faults.length > 0) {
    const shown = faults.slice(0, MOST_ERRORS + 1).map(asFieldError);
    throw invalid("the body is not accepted", shown);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("the body must be a JSON object", [{ pointer: "", detail: "must be an object" }]);
  }
  return value as Record<string, unknown>;
}

function parsed(text: string): ReturnType<typeof readJson> {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw invalid("the body is not JSON", [{ pointer: "", detail: whyNoJson(text, error) }]);
  }
}

/** Never in the engine's own words: they repeat the text. Only the place is taken from them. */
function whyNoJson(text: string, { message }: SyntaxError): string {
  if (text === "") return "the body is empty";
  if (text.startsWith("\ufeff")) return "begins with a byte order mark: send UTF-8 without one";
  const place = / \(line (\d+) column (\d+)\)$/.exec(message);
  return place ? `is not JSON at line ${place[1]}, column ${place[2]}` : "is not JSON";
}
