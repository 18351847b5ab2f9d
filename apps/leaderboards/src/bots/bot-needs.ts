import { parseExpression, type Expression } from '@kraty/contracts/expressions';
import type { BotBehavior, BotStep } from '@kraty/contracts/leaderboards';

/** What has to be known of a board before a bot can be advanced; looking costs, so only this is looked at. */
export interface BotNeeds {
  /** Moves with the writes of players. */
  ticks: boolean;
  /** Ranks among humans that it tracks. */
  ranks: number[];
  /** Keeps a player's pace, or asks for the player's standing. */
  reference: boolean;
  /** Variables of its transitions. */
  variables: Set<string>;
}

const known = new WeakMap<BotBehavior, BotNeeds>();

export function needsOf(behavior: BotBehavior): BotNeeds {
  const found = known.get(behavior);
  if (found) return found;
  const needs = worked(behavior);
  known.set(behavior, needs);
  return needs;
}

/** True when other rows of the board matter. */
export function needsSight({ ranks, reference, variables }: BotNeeds): boolean {
  return ranks.length > 0 || reference || boardVariables.some((name) => variables.has(name));
}

const boardVariables = ['rank', 'topScore', 'humanCount', 'participantCount'];

function worked(behavior: BotBehavior): BotNeeds {
  const steps = stepsOf(behavior);
  const variables = new Set(expressionsOf(behavior).flatMap(identifiersOf));
  const tracked = steps.filter(({ block }) => block === 'track_position');
  const paced = steps.some(({ block }) => block === 'match_player_pace');
  return {
    ticks: steps.some(({ block }) => block === 'random_step_with_fall'),
    // Without anybody to follow, the best human sets the pace.
    ranks: [...tracked.map(({ params }) => params?.['targetRank'] ?? 1), ...(paced ? [1] : [])],
    reference: paced || variables.has('playerScore') || variables.has('playerRank'),
    variables,
  };
}

function stepsOf(behavior: BotBehavior): BotStep[] {
  if (behavior.type === 'single') return [behavior];
  return behavior.type === 'sequence' ? behavior.steps : Object.values(behavior.states);
}

function expressionsOf(behavior: BotBehavior): Expression[] {
  if (behavior.type !== 'state_machine') return [];
  const transitions = Object.values(behavior.states).flatMap((state) => state.transitions ?? []);
  return transitions.flatMap(({ when }) => {
    const parsed = parseExpression(when.expr, () => true);
    return parsed.ok ? [parsed.expression] : [];
  });
}

export function identifiersOf(expression: Expression): string[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'identifier':
      return [expression.name];
    case 'not':
    case 'minus':
      return identifiersOf(expression.operand);
    case 'binary':
      return [...identifiersOf(expression.left), ...identifiersOf(expression.right)];
    case 'call':
      return expression.operands.flatMap(identifiersOf);
  }
}
