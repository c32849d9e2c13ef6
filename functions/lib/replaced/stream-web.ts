// In place of Node's stream/web. Middy asks of an answer whether it is a stream, and the module
// takes longer to load than most functions run. Whoever has such a stream has loaded it.
// biome-ignore lint/complexity/noStaticOnlyClass: it stands on the right of `instanceof`.
export class ReadableStream {
  static [Symbol.hasInstance](value: unknown): boolean {
    return value?.constructor?.name === "ReadableStream";
  }
}
