/** A place in a file, for people: line and column count from 1; the column counts characters as editors do (UTF-16 units). */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What a value should have been. Words for `src/text` to translate, never shown as they are. */
export type ExpectedType =
  | 'text'
  | 'whole-number'
  | 'number'
  | 'yes-no'
  | 'list'
  | 'map'
  | 'map-or-nothing'
  | 'list-of-text'
  | 'text-or-map'
  | 'size-or-map'
  | 'duration-or-map'
  | 'address-or-map'
  | 'list-or-map'

/** The spelling a text should have had; `src/text` gives an example of each. */
export type ExpectedForm =
  | 'size'
  | 'duration'
  | 'name'
  | 'tag'
  | 'host-name'
  | 'address'
  | 'external'
  | 'port'
  | 'service'
  | 'need'
  | 'mac'
  | 'hex'
  | 'path'
  | 'http-path'
  | 'status'
  | 'command'
  | 'dns-name'
  | 'one-line'
  | 'fence-agent'
  | 'fence-parameter'
  | 'money'
  | 'currency'
  | 'decimal'
  | 'disks'
  | 'use'
  | 'percent'
  | 'time-zone'
  | 'hours'
  | 'days'
  | 'date'
  | 'cron'

/** What LauXen's grammar wanted at the place, `NAME [(PORTS)] [{MIB}] : (nada | NEED+)`. */
export type LauxenExpected =
  | 'name'
  | 'port'
  | 'comma-or-close'
  | 'mib'
  | 'close-brace'
  | 'colon'
  | 'need-or-nada'
  | 'need'

/**
 * What is wrong, as data: the sentence is made in `src/text`. `got` is what stands there, shortened; `nearest` the known word it resembles.
 * `expected` is a word or a figure of the variant, not a sentence. In `got`, `{…}` stands for a map, `[…]` for a list, nothing for nothing.
 */
export type ProblemData =
  // The file as a whole.
  /** The file could not be read; `reason` is the word the reader gave (`ENOENT`, …). */
  | { readonly code: 'unreadable'; readonly got: string; readonly reason: string }
  | { readonly code: 'empty-file' }
  /** More characters than a cluster file may have. */
  | { readonly code: 'too-large'; readonly expected: number; readonly got: number }
  | { readonly code: 'too-deep'; readonly expected: number }
  | {
      readonly code: 'too-many'
      readonly what: 'guests' | 'hosts' | 'rules' | 'services' | 'needs' | 'files' | 'nodes' | 'items'
      readonly expected: number
      readonly got: number
    }
  /** A control character, or bytes that are no UTF-8 (`U+FFFD`). */
  | { readonly code: 'not-text'; readonly got: string }
  | { readonly code: 'include-cycle'; readonly got: string; readonly files: readonly string[] }
  | { readonly code: 'unsupported-version'; readonly expected: 1; readonly got: string }
  /** Errors beyond the limit, not listed. Always the last; its place is that of the first one left out. */
  | { readonly code: 'more'; readonly got: number }

  // YAML itself. `reason` is the YAML library's own English sentence, `what` its stable word (`bad-indent`, `missing-char`, …).
  | { readonly code: 'yaml-syntax'; readonly what: string; readonly got: string; readonly reason: string }
  | { readonly code: 'tab-indent'; readonly got: string }
  | {
      readonly code: 'yaml-feature'
      readonly what: 'tag' | 'merge-key' | 'key-not-text' | 'alias'
      readonly got: string
    }
  | { readonly code: 'duplicate-key'; readonly got: string; readonly first: Place }

  // One value.
  | {
      readonly code: 'unknown-key'
      readonly expected: readonly string[]
      readonly got: string
      readonly nearest: string | null
    }
  /** A key that exists, but not here: `settings` in an included file, `name` of a service beside its port. */
  | {
      readonly code: 'key-not-here'
      readonly got: string
      readonly expected: 'first-file' | 'service-without-port' | 'service-with-port' | 'external-need' | 'guest-alone'
    }
  /** A key that belongs to other kinds of probe; `expected` names them. */
  | { readonly code: 'key-of-other-probe'; readonly expected: readonly string[]; readonly got: string }
  | { readonly code: 'missing-key'; readonly expected: string }
  | { readonly code: 'wrong-type'; readonly expected: ExpectedType; readonly got: string }
  | {
      readonly code: 'bad-choice'
      readonly expected: readonly string[]
      readonly got: string
      readonly nearest: string | null
    }
  | { readonly code: 'bad-form'; readonly expected: ExpectedForm; readonly got: string }
  /** A number without its unit, or with one that is not known. */
  | {
      readonly code: 'bad-unit'
      readonly what: 'size' | 'duration'
      readonly expected: readonly string[]
      readonly got: string
      readonly nearest: string | null
    }
  | {
      readonly code: 'out-of-range'
      readonly from: number
      readonly to: number
      readonly unit: string | null
      readonly got: string
    }
  | { readonly code: 'port-out-of-range'; readonly got: string }
  | { readonly code: 'port-without-protocol'; readonly got: string }
  | { readonly code: 'bad-name'; readonly reason: 'shape' | 'too-long' | 'reserved'; readonly got: string }
  /** A secret among the options of a fence device, which are shown; its file belongs under `secrets`. */
  | { readonly code: 'secret-written'; readonly got: string }
  /** Only one of these keys may be given. */
  | { readonly code: 'conflict'; readonly got: readonly string[] }
  /** `start >= run`, `max >= start`, `min` not above any of them; sizes in MiB. */
  | {
      readonly code: 'memory-order'
      readonly expected: 'min-below-all' | 'run-below-start' | 'start-below-max'
      readonly minMib?: number
      readonly runMib: number
      readonly startMib: number
      readonly maxMib: number | null
    }
  | { readonly code: 'range-order'; readonly expected: 'initial-below-max' | 'from-below-to'; readonly got: string }

  // Guests, hosts and what they say of each other.
  | { readonly code: 'duplicate-guest'; readonly got: string; readonly first: Place }
  | { readonly code: 'duplicate-host'; readonly got: string; readonly first: Place }
  | { readonly code: 'duplicate-service'; readonly got: string; readonly first: Place }
  | { readonly code: 'duplicate-need'; readonly got: string; readonly first: Place }
  /** Two guests take the same of something only one can have. As a warning: the same fixed address. */
  | {
      readonly code: 'taken-twice'
      readonly what: 'mac' | 'domain' | 'disk' | 'address'
      readonly got: string
      readonly guest: string
      readonly first: Place
    }
  | { readonly code: 'unknown-guest'; readonly got: string; readonly nearest: string | null }
  | { readonly code: 'unknown-host'; readonly got: string; readonly nearest: string | null }
  | { readonly code: 'unknown-calendar'; readonly got: string; readonly nearest: string | null }
  | { readonly code: 'unknown-tag'; readonly got: string; readonly nearest: string | null }
  | {
      readonly code: 'unknown-service'
      readonly guest: string
      readonly got: string
      readonly expected: readonly string[]
      readonly nearest: string | null
    }
  | { readonly code: 'self-need'; readonly got: string }
  /** The guests of the cycle in order, the first one again at the end: `a -> b -> a`. */
  | { readonly code: 'cycle'; readonly guests: readonly string[] }
  | { readonly code: 'self-standby'; readonly got: string }
  /** Two guests name the same standby, `guest` being the first of them. */
  | { readonly code: 'standby-taken'; readonly got: string; readonly guest: string; readonly first: Place }
  /** A standby that has a standby of its own, `guest`. */
  | { readonly code: 'standby-chain'; readonly got: string; readonly guest: string }
  /** A standby that is not to run when its turn comes: its own `state` says otherwise. */
  | { readonly code: 'standby-state'; readonly got: string; readonly guest: string; readonly wish: string }
  /** Services of the guest that its standby does not have. */
  | {
      readonly code: 'standby-lacks'
      readonly got: string
      readonly guest: string
      readonly services: readonly string[]
    }
  /** A need on a standby: what is asked of it is asked of `guest`, whose place it takes. */
  | { readonly code: 'need-on-standby'; readonly got: string; readonly guest: string }
  /** Two strict rules, the other one at `first`, that leave these guests no host at all. */
  | { readonly code: 'rules-contradict'; readonly guests: readonly string[]; readonly first: Place }
  /** A strict rule that wants these guests apart; the hosts that rules leave to them are fewer. */
  | { readonly code: 'too-few-hosts'; readonly guests: readonly string[]; readonly hosts: readonly string[] }
  | {
      readonly code: 'over-committed'
      /** Null: all hosts together. */
      readonly host: string | null
      readonly neededMib: number
      readonly availableMib: number
      readonly runMib: number
      readonly surplusMib: number
      readonly memoryMib: number
      readonly overcommit: number
      readonly reservedMib: number
    }
  /** Warning: the guest does not declare that port; it is probed all the same. */
  | {
      readonly code: 'undeclared-port'
      readonly guest: string
      readonly got: string
      readonly expected: readonly string[]
    }

  // LauXen's format.
  | { readonly code: 'lauxen-syntax'; readonly expected: LauxenExpected; readonly got: string }
  | { readonly code: 'nada-with-needs'; readonly got: string }
  | { readonly code: 'external-without-port'; readonly got: string }
  /** Warning: marked as external although a guest of this name is in the file; taken as external, as it says. */
  | { readonly code: 'external-is-known'; readonly got: string }

export type ProblemCode = ProblemData['code']

/** `path` names the value inside the file (`guests.web.services[1].port`), empty for the file as a whole. */
export type Problem = ProblemData & Place & { readonly severity: 'error' | 'warning'; readonly path: string }
