// A release is the version of every function and machine that callers reach; its record says which one runs and which one to go
// back to. Pure. The phase is written before anything moves, as a step's intent is, so that whoever comes after a deploy that
// died knows what it was about to do.

/** Version numbers by the manifest's names. */
export type Release = { functions: Record<string, string>; machines: Record<string, string> };

/** `stable` was deployed whole; `previous` ran before it. Without a phase nothing was deployed yet. */
export type ReleaseRecord = {
  phase?: "deploying" | "deployed" | "going-back" | "gone-back";
  stable?: Release;
  previous?: Release;
  back_to?: "stable" | "previous";
};

/** Thrown where a stack has no release before the one that runs. */
export class NoWayBack extends Error {
  override readonly name = "NoWayBack";
}

const entriesOf = (release: Release): string[] =>
  [...Object.entries(release.functions), ...Object.entries(release.machines)]
    .map(([name, version]) => `${name}:${version}`)
    .sort();

export const isSame = (one: Release, other: Release): boolean =>
  entriesOf(one).join() === entriesOf(other).join();

/** A deploy after a half-done way back falls back on the release that was to be reached, never on the one that was left. */
export function deploying(record: ReleaseRecord): ReleaseRecord {
  const abandoned = record.phase === "going-back" && record.back_to === "previous";
  const { stable, previous } = abandoned
    ? { stable: record.previous, previous: undefined }
    : { stable: record.stable, previous: record.previous };
  return { phase: "deploying", ...(stable && { stable }), ...(previous && { previous }) };
}

/** A deploy that changed nothing keeps the release before: the way back does not get lost by deploying twice. */
export function deployed({ stable, previous }: ReleaseRecord, release: Release): ReleaseRecord {
  const before = stable && isSame(stable, release) ? previous : stable;
  return { phase: "deployed", stable: release, ...(before && { previous: before }) };
}

/**
 * What a rollback is about to do: leave a deploy that did not end for the stable release, or the stable one for the one before.
 * Asked again, while it goes back or after, it names the same release. Throws NoWayBack.
 */
export function goingBack(record: ReleaseRecord): ReleaseRecord & { phase: "going-back" } {
  const { phase, stable, previous } = record;
  const back_to =
    phase === "going-back" && record.back_to ? record.back_to : phase === "deployed" ? "previous" : "stable";
  if (!record[back_to]) throw new NoWayBack("this stack has no earlier release to go back to");
  return { phase: "going-back", back_to, ...(stable && { stable }), ...(previous && { previous }) };
}

/** The release that a record on its way back leads to. */
export function destinationOf(record: ReleaseRecord): Release {
  const release = record.back_to && record[record.back_to];
  if (!release) throw new NoWayBack("this stack has no earlier release to go back to");
  return release;
}

/** Once there, going back again leads nowhere else until the next deploy. */
export const goneBack = (record: ReleaseRecord): ReleaseRecord => ({
  phase: "gone-back",
  stable: destinationOf(record),
});
