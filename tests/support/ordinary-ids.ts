// Ids that other systems make and merchants send along: none of them is a card number. Each maker
// takes its randomness and the present moment from its caller.
import type { Random } from "../../scripts/lib/random.ts";

const digit = (random: Random): string => String(Math.floor(random.next() * 10));
const some = (count: number, make: () => string): string => Array.from({ length: count }, make).join("");

/** A moment between the beginning of 2015 and the next year's end. */
const moment = (random: Random, now: number): Date =>
  new Date(random.between(Date.UTC(2015, 0), now + 365 * 86_400_000));

const pad = (number: number, width: number): string => String(number).padStart(width, "0");

/** Milli-, micro- and nanoseconds, as a number or as a date, bare and within a key. */
export function timestamp(random: Random, now: number): string {
  const at = moment(random, now);
  const milliseconds = at.getTime();
  const iso = at.toISOString();
  const finer = some(6, () => digit(random));
  const compact = iso.replace(/\D/g, "");
  const written = random.pick([
    `${milliseconds}`,
    `${milliseconds}${finer.slice(0, 3)}`,
    `${milliseconds}${finer}`,
    `${(milliseconds / 1000).toFixed(6)}`,
    iso,
    iso.replace("Z", `${finer.slice(0, 3)}+00:00`),
    iso.replace("T", " ").replace("Z", `${finer}`),
    compact.slice(0, 14),
    compact,
    `${milliseconds}-${Math.floor(random.next() * 20)}`,
  ]);
  return `${random.pick(["", "order-", "ord_", "INV/"])}${written}`;
}

const snowflakeSince = (epoch: number, from: number, random: Random, now: number): string => {
  const age = Math.floor(random.between(from, now)) - epoch;
  return `${(BigInt(age) << 22n) | BigInt(Math.floor(random.next() * 2 ** 22))}`;
};

/** Of X and of Discord, made since 2015: milliseconds since the maker's epoch, and 22 bits. */
export function snowflake(random: Random, now: number): string {
  const epoch = random.pick([1_288_834_974_657, 1_420_070_400_000]);
  return `${random.pick(["", "order-", "id:"])}${snowflakeSince(epoch, Date.UTC(2015, 1), random, now)}`;
}

/** Of a shop that counts since the beginning of 2020, 2022 or 2024, made in the last two years. */
export function ownSnowflake(random: Random, now: number): string {
  const epoch = Date.UTC(random.pick([2020, 2022, 2024]), 0);
  return snowflakeSince(epoch, now - 2 * 365 * 86_400_000, random, now);
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

export function ulid(random: Random, now: number): string {
  let left = moment(random, now).getTime();
  let time = "";
  for (let nth = 0; nth < 10; nth++) {
    time = `${CROCKFORD[left % 32]}${time}`;
    left = Math.floor(left / 32);
  }
  return time + some(16, () => CROCKFORD[Math.floor(random.next() * 32)] ?? "0");
}

const hex = (random: Random, count: number): string =>
  some(count, () => Math.floor(random.next() * 16).toString(16));

/** With and without dashes. Half of them have as few letters as a UUID can have. */
export function uuid(random: Random): string {
  const sign = (count: number) =>
    random.chance(0.5) ? some(count, () => digit(random)) : hex(random, count);
  const written = `${sign(8)}-${sign(4)}-4${sign(3)}-${random.pick(["8", "9", "a", "b"])}${sign(3)}-${sign(12)}`;
  if (random.chance(0.5)) return random.chance(0.5) ? written : written.toUpperCase();
  return /[a-f]/.test(written) ? written.replaceAll("-", "") : written;
}

/** Random digits after a word, as a shop may number its orders. */
export const orderNumber = (random: Random): string =>
  `order-${1 + Math.floor(random.next() * 9)}${some(12 + Math.floor(random.next() * 4), () => digit(random))}`;

export const sha256 = (random: Random): string => hex(random, 64);

/** A reference to a product of Germany or Japan. */
export function barCode(random: Random): string {
  const digits = `4${some(11, () => digit(random))}`;
  const sum = [...digits].reduce((all, one, index) => all + Number(one) * (index % 2 ? 3 : 1), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** A mobile telephone of Germany. */
export const telephone = (random: Random): string => `+49151${pad(Math.floor(random.next() * 1e8), 8)}`;
