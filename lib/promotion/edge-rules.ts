/** Which refs an edge takes and how they are called in the target. */
export interface EdgeRules {
  refGlobs: string[];
  renames: { from: string; to: string }[];
}

/** The ref rules of an edge, from their stored JSON text. */
export function edgeRules(edge: { refGlobs: string; renames: string }): EdgeRules {
  return {
    refGlobs: JSON.parse(edge.refGlobs) as string[],
    renames: JSON.parse(edge.renames) as { from: string; to: string }[],
  };
}

/** What of an edge says which refs it promotes by itself, from their stored JSON texts. */
export function edgeAutomaticRules(edge: {
  refGlobs: string;
  renames: string;
  automaticRefs: string;
}): EdgeRules & { automaticRefs: string[] } {
  return { ...edgeRules(edge), automaticRefs: JSON.parse(edge.automaticRefs) as string[] };
}
