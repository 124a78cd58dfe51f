/** What LauXen's paper printed in 2008, seconds, guests servidor1 to servidor9: one core of 2.0 GHz, 1 GiB, SSH only. */
export const lauxen = {
  a: {
    launchIssuedS: [0, 75, 22, 29, 34, 31, 24, 68, 79],
    shutdownIssuedS: [44, 1, 20, 3, 23, 24, 1, 0, 1],
    pausedAfterS: [3, 4],
    resumedAfterS: [3, 6],
  },
  b: {
    launchIssuedS: [0, 20, 21, 50, 47, 48, 50, 87, 105],
    shutdownIssuedS: [45, 34, 32, 7, 9, 9, 8, 5, 0],
    /** Of the guests at depth 4, over three runs: from the least to the most. */
    pausedAfterS: [12, 22],
    resumedAfterS: [9, 20],
  },
} as const
