// The same key always means the same payment: its id is derived from the key. A fingerprint of the
// body as it was sent tells a replay from a reuse.
import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { holdsCardNumber } from "./card-data.ts";

/** Turns 16 bytes into a UUID of version 8 (RFC 9562: vendor-specific, here a truncated hash). */
function uuidV8(bytes: Buffer): string {
  const b = Buffer.from(bytes.subarray(0, 16));
  b.writeUInt8((b.readUInt8(6) & 0x0f) | 0x80, 6);
  b.writeUInt8((b.readUInt8(8) & 0x3f) | 0x80, 8);
  return b.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * The id of what `operation` makes for this merchant and key. Parts are length-prefixed, so that
 * none runs into the next.
 */
export function idFor(operation: string, merchantId: string, key: string): string {
  const hash = createHash("sha256");
  for (const part of [operation, merchantId, key]) {
    const bytes = Buffer.from(part, "utf8");
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return uuidV8(hash.digest());
}

/**
 * Hashes of a body as it was sent, in base64url: 132 bits of the whole, 36 bits of each top-level
 * member. The hash of the whole decides; the others only name what differs. They lie in the first
 * event's item, which has to stay below one write unit.
 */
export type Fingerprint = { body: string; members: Record<string, string> };
/** What is kept of the first one: no hash of what was erased since, and so none of the whole. */
export type KeptFingerprint = Omit<Fingerprint, "body"> & { body?: string };

const sha256 = (value: unknown): string =>
  createHash("sha256")
    .update(canonicalize(value) ?? "")
    .digest("base64url");
const BODY_CHARACTERS = 22;
export const MEMBER_CHARACTERS = 6;

/**
 * Takes the parsed body before defaults, so that a deploy cannot change the fingerprint (RFC 8785).
 */
export function fingerprintOf(body: Record<string, unknown>): Fingerprint {
  const members = Object.entries(body).map(([name, value]) => [
    name,
    sha256(value).slice(0, MEMBER_CHARACTERS),
  ]);
  return { body: sha256(body).slice(0, BODY_CHARACTERS), members: Object.fromEntries(members) };
}

/** Names of the top-level members that differ between two bodies, sorted. */
export function differingMembers(a: KeptFingerprint, b: KeptFingerprint): string[] {
  const names = new Set([...Object.keys(a.members), ...Object.keys(b.members)]);
  return [...names].filter((name) => a.members[name] !== b.members[name]).sort();
}

const PRINTABLE_ASCII = /^[\x20-\x7e]+$/;
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/** What is wrong with a key, or the key itself in its bare form. */
export type ParsedKey = { key: string } | { wrong: string };

/**
 * Reads the Idempotency-Key header. The bare and the quoted form (RFC 8941) are the same key. API
 * Gateway joins a header that was sent twice with a comma. A bare key with a comma looks the same,
 * and is refused.
 */
export function parseKey(header: string | undefined): ParsedKey {
  const raw = header?.trim() ?? "";
  if (raw === "") return { wrong: "is required" };
  if (!PRINTABLE_ASCII.test(raw)) return { wrong: "must be printable ASCII" };
  const quoted = QUOTED.exec(raw);
  const key = quoted ? (quoted[1] ?? "").replace(/\\(["\\])/g, "$1") : raw;
  if (!quoted && raw.includes(","))
    return { wrong: 'was sent twice, or holds a comma: send such a key as `"a,b"`' };
  if (!quoted && raw.includes('"')) return { wrong: 'holds a quotation mark: send such a key as `"a\\"b"`' };
  if (key.trim() === "") return { wrong: "is required" };
  if (key.length > 255) return { wrong: "must be at most 255 characters" };
  if (holdsCardNumber(key)) return { wrong: "looks like a card number: use a UUID" };
  return { key };
}
