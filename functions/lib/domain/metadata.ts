// How large a merchant's metadata may be. JSON Schema counts characters, a store pays for bytes.
import type { Metadata } from "../contracts/types.ts";
import type { FieldError } from "../errors/registry.ts";

/** Of UTF-8, keys and values together: schemas/api/metadata.json promises it. */
export const MOST_METADATA_BYTES = 16_384;

const bytesOf = (metadata: Metadata): number =>
  Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );

/** What is wrong with metadata whose form is right. */
export function oversizedMetadata(metadata: Metadata | undefined): FieldError[] {
  const bytes = metadata ? bytesOf(metadata) : 0;
  if (bytes <= MOST_METADATA_BYTES) return [];
  const detail = `is ${bytes} bytes of UTF-8, keys and values together: at most ${MOST_METADATA_BYTES}`;
  return [{ pointer: "/metadata", detail }];
}
