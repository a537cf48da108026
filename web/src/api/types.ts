import type { components } from "./schema";

type Schemas = components["schemas"];

export type Status = Schemas["Status"];
export type Conclusion = Schemas["Conclusion"];
export type Step = Schemas["Step"];
export type Job = Schemas["Job"];
export type RunDetail = Schemas["RunDetail"];
export type Run = Omit<RunDetail, "jobs">;
export type Repository = Schemas["Repository"];
export type RepositoryCard = Schemas["RepositoryCard"];
export type AddedRepository = Schemas["AddedRepository"];
export type RepositoryList = Schemas["RepositoryList"];
export type RunList = Schemas["RunList"];
export type WorkflowList = Schemas["WorkflowList"];
export type WorkflowPast = Schemas["WorkflowPast"];
export type Usual = Schemas["Usual"];
export type Report = Schemas["Report"];
export type ReportDay = Schemas["ReportDay"];
export type ReportWorkflow = Schemas["ReportWorkflow"];
export type ReportJob = Schemas["ReportJob"];
export type RunAnswer = Schemas["RunAnswer"];
export type RunAttempt = Schemas["RunAttempt"];
export type Me = Schemas["Me"];
export type Person = Schemas["Person"];
export type AccessToken = Schemas["AccessToken"];
export type GitHubAnswer = Schemas["GitHubAnswer"];
export type GitHubStatus = Schemas["GitHubStatus"];
export type Outage = Schemas["Outage"];
export type DayHistory = Schemas["DayHistory"];
export type KeptMarks = Schemas["KeptMarks"];
export type Claim = Schemas["Claim"];
export type ClaimList = Schemas["ClaimList"];
export type ClaimChanged = Schemas["ClaimChanged"];
export type HistoryProgress = Schemas["HistoryProgress"];
export type PastFilling = Schemas["PastFilling"];
export type Notification = Schemas["Notification"];
export type NotificationList = Schemas["NotificationList"];
export type Finding = Schemas["Finding"];
export type WorkflowUpdate = Omit<Schemas["WorkflowUpdate"], "runData"> & { runData: Run };
export type JobUpdate = Omit<Schemas["JobUpdate"], "runData" | "jobData"> & { runData: Run; jobData: Job };
export type Update = WorkflowUpdate | JobUpdate;

export type Rewind = Omit<Schemas["Rewind"], "updates"> & { updates: Update[] };

/** Where a live answer stands: what a subscription goes on from. */
export interface Position {
  seq: number;
  epoch: string;
}
export type Alert = Schemas["Alert"];
export type AlertList = Schemas["AlertList"];
export type OperationsHistory = Schemas["OperationsHistory"];
export type Plotted = Schemas["Plotted"];
export type FigurePoint = Schemas["Point"];
export type AlertTold = Schemas["AlertTold"];
export type FiguresTold = Schemas["Figures"];
export type AlertTurn = Schemas["AlertTurn"];
export type FlagAnswer = Schemas["FlagAnswer"];
export type PageState = Schemas["PageState"];
export type Problem = Schemas["Problem"];
