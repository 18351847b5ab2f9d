import { isPlainObject } from './validators.js';

/** How large a tree of conditions may be. A single leaf has one node and depth 1. */
export interface TreeBounds {
  nodesMax: number;
  depthMax: number;
}

/**
 * Why a tree of conditions is not to be looked at any closer; null when it may be. Asked before the classes of its
 * nodes are, which read a tree once a level: it looks at no more nodes than are allowed, whatever was sent.
 */
export function treeProblem(root: unknown, { nodesMax, depthMax }: TreeBounds): string | null {
  const open = [{ node: root, depth: 1 }];
  let found = open.length;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (depth > depthMax) return `nested deeper than ${depthMax} levels`;
    const members = membersOf(node);
    found += members.length;
    if (found > nodesMax) return `has more than ${nodesMax} conditions in it`;
    open.push(...members.map((member) => ({ node: member, depth: depth + 1 })));
  }
  return null;
}

function membersOf(node: unknown): unknown[] {
  if (!isPlainObject(node)) return [];
  const { condition, conditions } = node;
  return [
    ...(condition === undefined ? [] : [condition]),
    ...(Array.isArray(conditions) ? (conditions as unknown[]) : []),
  ];
}
