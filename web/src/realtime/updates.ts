import type { Conclusion, Job, Run, Status } from "../api/types";

/** The words of the live channel. They are not part of the REST document, so they are written here, once. */
interface Change {
  repoSlug: string;
  /** The run's id, under the name the first clients gave it. */
  workflowId: number;
  workflowName: string;
  status: Status;
  conclusion: Conclusion | null;
  timestamp: string;
  runData: Run;
  seq: number;
  prev: number;
}

export interface WorkflowUpdate extends Change {
  type: "workflow_started" | "workflow_completed" | "workflow_failed";
}

export interface JobUpdate extends Change {
  type: "job_queued" | "job_started" | "job_completed" | "job_failed";
  jobData: Job;
}

export type Update = WorkflowUpdate | JobUpdate;

export const isJobUpdate = (update: Update): update is JobUpdate => update.type.startsWith("job_");

export type SubscribeAnswer =
  | { ok: true; slug: string; seq: number; epoch: string; updates: Update[]; reset?: false }
  | { ok: true; slug: string; seq: number; epoch: string; reset: true }
  | { ok: false; error: string; code: string };
