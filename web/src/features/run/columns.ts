/** The columns every row of the timeline shares: name, axis, duration. */
export const COLUMNS = "grid grid-cols-[minmax(0,1fr)_64px] md:grid-cols-[216px_minmax(0,1fr)_72px] gap-x-4";
