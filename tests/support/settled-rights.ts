/** What a tenant says of whose its recordings are and of what is to be done: something in every table of it. */
import type { HttpClient } from './http-client.ts';

type Answer = Promise<{ readonly status: number; readonly body: unknown }>;

/** An ownership conflict of its own making, which the operator has decided, and a policy in force. */
export async function settleRights(
  name: string,
  recordingId: string,
  client: HttpClient,
  operator: HttpClient,
): Promise<void> {
  const asked = async <T>(answer: Answer): Promise<T> => {
    const { status, body } = await answer;
    if (status < 300) return body as T;
    throw new Error(`a tenant could not settle its rights: ${status} ${JSON.stringify(body)}`);
  };
  for (const basis of ['OriginalOwner', 'SuccessorInTitle']) {
    const territories = { include: ['Worldwide'] };
    const said = { right: 'AllRights', share: 60, territories, basis, evidence: `${name} contract` };
    await asked(client.json('POST', `/v1/recordings/${recordingId}/rights`, said));
  }
  type Conflict = { ownership_conflict_id: string; owners: { rights_assertion_ids: string[] }[] };
  const found = client.send<unknown>(`/v1/ownership-conflicts?recording_id=${recordingId}`);
  const [conflict] = (await asked<{ ownership_conflicts: Conflict[] }>(found)).ownership_conflicts;
  const decision = {
    set_aside: conflict?.owners[0]?.rights_assertion_ids.slice(0, 1),
    reason: `${name} said it twice`,
  };
  const decisions = `/v1/ownership-conflicts/${conflict?.ownership_conflict_id}/decisions`;
  await asked(operator.json('POST', decisions, decision));

  const document = { name: `${name} policy`, rules: [{ action: 'block', note: `${name} note` }] };
  const made = await asked<{ policy_id: string }>(client.json('POST', '/v1/policies', document));
  const at = `/v1/policies/${made.policy_id}`;
  await asked(client.json('POST', `${at}/activate`, { version: 1 }));
  await asked(client.send(`${at}/default`, { method: 'PUT' }));
  await asked(client.json('PUT', `/v1/recordings/${recordingId}/policy`, { policy_id: made.policy_id }));
}
