// The order of the suites: those that start processes come first, or one of two workers ends alone
// with the longest of them. Jest's own order is that of earlier runs, of which a fresh machine
// knows none.
const LONGEST = ["/tests/e2e/", "/tests/integration/local/", "/tests/integration/"];

const rankOf = ({ path }) => {
  const rank = LONGEST.findIndex((directory) => path.includes(directory));
  return rank === -1 ? LONGEST.length : rank;
};

module.exports = class LongestFirst {
  sort(tests) {
    return [...tests].sort((one, other) => rankOf(one) - rankOf(other));
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
};
