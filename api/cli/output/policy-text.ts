/** Policies, what they come to, and what a version would change, for people. */
import type { OutcomeView } from '../../registry/outcome.ts';
import type { PolicyView } from '../../registry/policy-view.ts';
import type { SimulationView } from '../../registry/simulation.ts';
import { counted } from './quantities.ts';
import { instantText, percentText, territoriesText } from './registry-text.ts';
import { type Column, fieldLines, tableLines } from './table.ts';

export const policyColumns: readonly Column<PolicyView>[] = [
  ['policy_id', (policy) => policy.policy_id],
  ['active', (policy) => (policy.active_version === null ? 'none' : `version ${policy.active_version}`)],
  ['applies', appliesText],
  ['party', (policy) => policy.party],
  ['name', (policy) => policy.name],
];

function appliesText({ is_default, override_count }: PolicyView): string {
  const overrides = override_count === 0 ? [] : [counted(override_count, 'recording')];
  return [...(is_default ? ['default'] : []), ...overrides].join(', ') || 'nowhere';
}

export function policyLines(policy: PolicyView): string[] {
  return [
    ...fieldLines([
      ['policy_id', policy.policy_id],
      ['name', policy.name],
      ['party', policy.party],
      ['active', policy.active_version === null ? 'no version' : `version ${policy.active_version}`],
      ['applies', appliesText(policy)],
    ]),
    ...policy.versions.flatMap(({ version, document, created_at }) => [
      `version ${version}, ${instantText(created_at)}`,
      ...document.rules.map((rule, at) => `  ${at + 1}  ${ruleText(rule)}`),
    ]),
  ];
}

function ruleText({
  action,
  conditions,
  route_to_review,
}: PolicyView['versions'][number]['document']['rules'][number]) {
  const where = conditions === undefined ? 'always' : JSON.stringify(conditions);
  return `${action}${route_to_review === true ? ' after review' : ''}: ${where}`;
}

export function outcomeLines({ recording_id, facts, outcomes }: OutcomeView): string[] {
  const of = `${facts.match_seconds} s, ${percentText(facts.percent_of_upload)} of the upload, ${percentText(facts.percent_of_reference)} of the recording`;
  const columns: readonly Column<OutcomeView['outcomes'][number]>[] = [
    ['action', (one) => one.action],
    ['review', (one) => one.review.join(', ')],
    ['territories', (one) => shortened(territoriesText(one.territories))],
    ['because', (one) => one.because],
  ];
  return [`recording ${recording_id}: ${of}`, ...tableLines(columns, outcomes)];
}

export function simulationLines(simulation: SimulationView): string[] {
  const { match_count, changed_match_count, is_complete, by_match, review_before, review_after } = simulation;
  const older = is_complete ? '' : ', and there are older ones that were not decided';
  const transitions: readonly Column<SimulationView['by_match'][number]>[] = [
    ['matches', (one) => one.count],
    ['before', (one) => one.before],
    ['after', (one) => one.after],
  ];
  const sideText = ({ action, review }: { action: string; review: readonly string[] }) =>
    review.length === 0 ? action : `${action} (review: ${review.join(', ')})`;
  return [
    `Version ${simulation.version} changes ${changed_match_count} of ${counted(match_count, 'past match', 'past matches')}${older}.`,
    `To review: ${review_before} now, ${review_after} with it.`,
    ...tableLines(transitions, by_match),
    ...simulation.changed.flatMap(({ match_id, recording_id, changes }) => [
      `match ${match_id} of recording ${recording_id}`,
      ...changes.map(
        ({ territories, before, after }) =>
          `  ${shortened(territoriesText(territories))}: ${sideText(before)} → ${sideText(after)}`,
      ),
    ]),
  ];
}

const maxTerritoryCharacters = 60;

function shortened(text: string): string {
  return text.length <= maxTerritoryCharacters ? text : `${text.slice(0, maxTerritoryCharacters)}…`;
}
