// The drivers of all generated clients print this: one line of JSON that the test compares.
export interface Life {
  created: string;
  results: string[];
  code: string | null;
  beat: string;
  ended: string;
  detail: { status: string; block: string | null; progress: number | null; region: string };
  pages: number[];
  problem: { status: number; code: string; executionStatus: string | undefined };
}

export const url = process.env.SILO_URL!;
export const key = process.env.SILO_KEY!;
export const id = process.env.EXECUTION_ID!;

/** The other executions of the list. */
export const others = [1, 2, 3, 4].map(n => `${id}-${n}`);
