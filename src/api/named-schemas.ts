import { ApplyRefusalView, ApplyRequest, ApplyResult, ClusterFileView } from '../contract/apply.ts'
import {
  AvailabilityFiguresView,
  AvailabilitySubjectView,
  AvailabilityView,
  BetterView,
  ForesightPlayRequest,
  ForesightPlayView,
  ForesightView,
  IncidentView,
  PromiseView,
} from '../contract/availability.ts'
import { DoctorCheck, DoctorResult, HealthView } from '../contract/doctor.ts'
import { ErrorBody, FaultView, ProblemView } from '../contract/error.ts'
import { EventsView, EventView } from '../contract/events.ts'
import { GuestView, WhyStepView, WhyView } from '../contract/guest.ts'
import { ArmRequest, DoneResult, FenceTestRequest, FenceTestResult, SwearDeadRequest } from '../contract/hosts.ts'
import { ConsoleTicket, ConsoleTicketRequest, MetricsHistoryView, MetricsNowView } from '../contract/metrics.ts'
import {
  GuestReasonView,
  MaintenanceRequest,
  MigrateRequest,
  MovesResult,
  RebalanceRequest,
} from '../contract/moves.ts'
import { PlanRequest, PlanView } from '../contract/plan.ts'
import {
  GuestSummary,
  HostSummary,
  MembersView,
  NeedView,
  PhaseView,
  ReasonView,
  StatusView,
} from '../contract/status.ts'
import { TaskResult, TaskStepView, TasksView, TaskView } from '../contract/tasks.ts'
import { WhatIfRequest, WhatIfView } from '../contract/what-if.ts'
import { LaunchRequest, MemoryRequest, ShutdownRequest, WatchRequest, WishResult } from '../contract/wishes.ts'

/** Schemas that stand in the published description under a name of their own, for those who generate a client from it. */
export const namedSchemas = {
  ApplyRefusal: ApplyRefusalView,
  ApplyRequest,
  ApplyResult,
  ArmRequest,
  ClusterFile: ClusterFileView,
  ConsoleTicket,
  ConsoleTicketRequest,
  DoctorCheck,
  DoctorResult,
  DoneResult,
  Error: ErrorBody,
  Event: EventView,
  Events: EventsView,
  Fault: FaultView,
  FenceTestRequest,
  FenceTestResult,
  Guest: GuestView,
  GuestReason: GuestReasonView,
  GuestSummary,
  Health: HealthView,
  HostSummary,
  LaunchRequest,
  MaintenanceRequest,
  Members: MembersView,
  MemoryRequest,
  MetricsHistory: MetricsHistoryView,
  MetricsNow: MetricsNowView,
  MigrateRequest,
  MovesResult,
  Need: NeedView,
  Phase: PhaseView,
  Problem: ProblemView,
  Reason: ReasonView,
  RebalanceRequest,
  ShutdownRequest,
  Status: StatusView,
  SwearDeadRequest,
  Task: TaskView,
  TaskResult,
  TaskStep: TaskStepView,
  Tasks: TasksView,
  Availability: AvailabilityView,
  AvailabilityFigures: AvailabilityFiguresView,
  AvailabilitySubject: AvailabilitySubjectView,
  Better: BetterView,
  Foresight: ForesightView,
  ForesightPlay: ForesightPlayView,
  ForesightPlayRequest,
  Incident: IncidentView,
  Plan: PlanView,
  PlanRequest,
  Promise: PromiseView,
  WatchRequest,
  WhatIf: WhatIfView,
  WhatIfRequest,
  Why: WhyView,
  WhyStep: WhyStepView,
  WishResult,
}
