// A release is the version of every function and machine that callers reach. Its record says which
// release runs and which one to go back to. Pure. The phase is written before anything moves, as a
// step's intent is. So whoever comes after a deploy that died knows what it was about to do.

/** Version numbers by the manifest's names. */
export type Release = { functions: Record<string, string>; machines: Record<string, string> };

/**
 * `stable` was deployed whole, and `previous` ran before it. Without a phase nothing
 * was deployed yet.
 */
export type ReleaseRecord = {
  phase?: "deploying" | "deployed" | "going-back" | "gone-back";
  stable?: Release;
  previous?: Release;
  back_to?: "stable" | "previous";
};

/** Thrown when a stack has no release before the one that runs. */
export class NoWayBack extends Error {
  override readonly name = "NoWayBack";
}

const entriesOf = (release: Release): string[] =>
  [...Object.entries(release.functions), ...Object.entries(release.machines)]
    .map(([name, version]) => `${name}:${version}`)
    .sort();

export const isSame = (one: Release, other: Release): boolean =>
  entriesOf(one).join() === entriesOf(other).join();

/**
 * The record as a deploy begins. After a way back that did not end, it falls back on the release
 * that was to be reached, and not on the one that was left.
 */
export function deploying(record: ReleaseRecord): ReleaseRecord {
  const abandoned = record.phase === "going-back" && record.back_to === "previous";
  const { stable, previous } = abandoned
    ? { stable: record.previous, previous: undefined }
    : { stable: record.stable, previous: record.previous };
  return { phase: "deploying", ...(stable && { stable }), ...(previous && { previous }) };
}

/**
 * The record as a deploy ends. A deploy that changed nothing keeps the release before, so deploying
 * twice keeps the way back.
 */
export function deployed({ stable, previous }: ReleaseRecord, release: Release): ReleaseRecord {
  const before = stable && isSame(stable, release) ? previous : stable;
  return { phase: "deployed", stable: release, ...(before && { previous: before }) };
}

/**
 * The record as a rollback begins. A deploy that did not end is left for the stable release.
 * Otherwise the stable release is left for the one before. Asked again, during the way back or
 * after it, it names the same release. Throws NoWayBack.
 */
export function goingBack(record: ReleaseRecord): ReleaseRecord & { phase: "going-back" } {
  const { phase, stable, previous } = record;
  const back_to =
    phase === "going-back" && record.back_to ? record.back_to : phase === "deployed" ? "previous" : "stable";
  if (!record[back_to]) throw new NoWayBack("this stack has no earlier release to go back to");
  return { phase: "going-back", back_to, ...(stable && { stable }), ...(previous && { previous }) };
}

/** The release to which a record on its way back leads. */
export function destinationOf(record: ReleaseRecord): Release {
  const release = record.back_to && record[record.back_to];
  if (!release) throw new NoWayBack("this stack has no earlier release to go back to");
  return release;
}

/** The record once it is there. Going back again leads nowhere else until the next deploy. */
export const goneBack = (record: ReleaseRecord): ReleaseRecord => ({
  phase: "gone-back",
  stable: destinationOf(record),
});
