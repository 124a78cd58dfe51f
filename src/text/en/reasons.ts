import type { PauseCause } from '../../model/observation.ts'
import type { ReasonCode, UnmetNeed } from '../../model/reason.ts'
import type { Messages } from '../message.ts'

/** Why a decision was taken, said after the guest's name: `web: waits for dns:53/udp, which refuses connections`. */
export const reasons = {
  'wish-running': 'is to run',
  'wish-stopped': 'is to be stopped',
  'wish-disabled': 'is disabled: kept down, its failures forgotten',
  'host-shutdown': 'goes down with its host {host}, and starts again with it',
  'wish-ignored': 'is ignored: nothing is done to it',
  'watch-off': 'is not watched: nothing automatic is done to it until it is watched again',
  'not-in-file': 'is not in the cluster file any more: left as it is',
  'needs-answer': 'everything it needs answers',
  'waiting-for-needs': 'waits for {needs}',
  'needs-lost': 'has lost {needs}',
  'need-restarted': 'goes down with {needs}, which {count|is|are} being restarted, and starts again after',
  'stopped-with-need': 'goes down with {needs}, lost for good, and stays down until it is launched',
  'waiting-for-dependents': 'goes down after {guests}, which {count|needs|need} it',
  'waiting-for-services': 'waits until its own {count|service|services} {services} {count|answers|answer}',
  'services-answer': 'all its services answer',
  runs: 'runs, and has no services to wait for',
  'services-lost':
    'its own {count|service|services} {services} {count|does|do} not answer; restarted after {grace} of this',
  'grace-over': 'its own {count|service|services} {services} did not answer for {grace}',
  'boot-limit': 'its own {count|service|services} {services} did not answer within {limit} of its start',
  'start-failed': 'its {attempt} start failed: {fault}',
  crashed: 'crashed',
  'crashed-again': 'crashed {times} times in a row',
  'paused-outside': 'was paused by something else than Vigia: {cause}',
  'resume-failed': 'could not be resumed[?: {fault}]',
  'powered-off-inside': 'was powered off from inside',
  'back-off': 'waits {wait} before its {attempt} start',
  'tries-exhausted': 'given up after {tries} {tries|try|tries}; the last one: {last}',
  replaced: '{by} stands in for it; {last}',
  standby: 'is kept down as the standby of {first}',
  'stands-in': 'stands in for {first}',
  'not-beside': 'waits until {guest} is down for certain: a guest and its standby never run at once',
  'stop-failed': 'could not be stopped: {fault}',
  'not-enough-memory': 'needs {needed} of memory, and {host} has {free} to give',
  'paused-by-hand': 'was paused by hand[?, by {by}]',
  adopted: 'was found running and is taken over as it is',
  'host-unseen': 'its host {host} has not been heard of',
  'no-host': 'no host may take it',
  'hypervisor-down': 'the hypervisor of {host} does not answer',
  'not-at-boot': 'is not started with the host; it waits to be launched',
  'host-silent': 'its host {host} is silent and not proven dead: {lacks}',
  'host-lost': 'its host {host} is dead, proven by {proof}; it waits for another to take it',
  'no-place': 'no host can take it: {hosts}',
  'cold-start': 'waits until {hosts} {count|has|have} been heard of',
  'store-restored':
    'the store was restored, and it may run on {hosts}: waits until {count|that host has|those hosts have} been looked at, or sworn dead',
  'runs-on-several': 'runs on {hosts} at once: it is touched on none of them',
  moving: 'moves to {to}, {how}: {cause}',
  moved: 'came[? from {from}]: {cause}',
  'move-failed': 'could not be moved to {to}[?: {fault}]',
  'move-broken': 'was lost on its way to {to}: the way broke after it had begun to run over there; it starts anew',
  'move-limit': 'the {limit} it may take are over: {done}[?; {refused} was refused]',
  'move-refused': 'is not moved to {to}: {why}',
} as const satisfies Messages & Record<ReasonCode, string>

/** What is wrong with needs that do not answer, after their names: `dns:53/udp, which refuses connections`. */
export const needs = {
  'not-running': '{needs}, which {count|is|are} not running',
  'going-down': '{needs}, which {count|is|are} going down',
  'not-answering-yet': '{needs}, which {count|does|do} not answer yet',
  refused: '{needs}, which {count|refuses|refuse} connections',
  silent: '{needs}, which {count|is|are} silent',
  paused: '{needs}, which {count|is|are} paused',
  failed: '{needs}, which {count|has|have} failed',
  'host-unseen': '{needs}, on a host not heard of',
} as const satisfies Record<UnmetNeed['state'], string>

/** What suspended a guest, as the hypervisor tells. */
export const pauseCauses = {
  asked: 'somebody asked the hypervisor',
  'io-error': 'an error of its disk',
  watchdog: 'its watchdog fired',
  crashed: 'it crashed',
  migration: 'a migration',
  'post-copy-broken': 'its move broke after it had begun to run on the other host, and it cannot go on',
  other: 'the hypervisor gives no reason',
} as const satisfies Record<PauseCause, string>
