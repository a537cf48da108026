import { createContext, useContext } from "react";
import type { WorkflowPast } from "../../api/types";
import type { Health } from "../../lib/health";
import type { Compared } from "./compare";

export const ComparedContext = createContext<Compared | null>(null);

/** What is known of a workflow from the days before, where somebody asked for it. */
export const usePast = (key: string): WorkflowPast | undefined => useContext(ComparedContext)?.past.get(key);

export const useHealth = (key: string): Health | undefined => useContext(ComparedContext)?.health.get(key);
