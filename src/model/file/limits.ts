/** Every size of a cluster file has a bound: a file made to harm, or by mistake, is refused in bounded time and memory. */

/** Characters of all files together: about three times what 10 000 well described guests take. */
export const maxCharacters = 8 * 1024 * 1024

/** Nesting of maps and lists; the deepest sensible file has 8. Keeps recursion far from the end of the stack. */
export const maxDepth = 32

/** Values in a file once aliases are followed: a few lines of aliases of aliases stand for billions. */
export const maxNodes = 1_000_000

/** Files read for one cluster file: an include that includes by mistake the whole disk ends here. */
export const maxFiles = 200

/** Guests of one cluster, twice what the daemon is measured with. */
export const maxGuests = 20_000

export const maxHosts = 1_000
export const maxRules = 10_000

/** Fence devices of one host: each that does not answer is waited for before the next is tried. */
export const maxFenceDevices = 8

/** Ways to reach one host. */
export const maxAddresses = 8

/** Services of one guest: each need is looked for among them, and each is asked every second. */
export const maxServices = 256

/** Items of any one list or map inside a guest. */
export const maxItems = 10_000

/** Needs of all guests together, tags written out: `@all` needed by all is a square. */
export const maxNeeds = 1_000_000

/** Errors listed; the rest is counted. Nobody reads more, and each costs a line in a log. */
export const maxProblems = 200

/** Characters of a wrong value repeated in its error. */
export const maxShown = 60
