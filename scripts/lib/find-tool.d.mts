/** Types for the packages, whose projects read no JavaScript. */
export function findTool(name: string): string | undefined
