/**
 * The store: all that is asked of Postgres, one function per statement or transaction. What is asked for somebody runs
 * under their session (`store.under(session)`); the rest is the service's own, under its own role. It is a long list, and a list.
 */
import * as allowlistEntry from './allowlist-entry.ts';
import * as apiKey from './api-key.ts';
import * as changeFeed from './change-feed.ts';
import * as claim from './claim.ts';
import { type Connections, openConnections, type StoreLog } from './connections.ts';
import * as dispute from './dispute.ts';
import { appendEvent, forgetEvents } from './event.ts';
import * as excludedInterval from './excluded-interval.ts';
import { listenToFeed } from './feed-listener.ts';
import { findAnsweredRequest, forgetIdempotencyKeys, keepAnswer } from './idempotency-key.ts';
import * as identifierAssertion from './identifier-assertion.ts';
import { countJobs } from './job.ts';
import type { JobQueueName } from './job-queue.ts';
import { type JobHandler, type JobLog, type JobRunner, startJobs } from './job-runner.ts';
import * as mandate from './mandate.ts';
import { mergeMetadata } from './metadata-load.ts';
import { migrate } from './migrate.ts';
import * as ownershipConflict from './ownership-conflict.ts';
import * as party from './party.ts';
import * as policy from './policy.ts';
import * as recording from './recording.ts';
import * as recordingSearch from './recording-search.ts';
import * as reference from './reference.ts';
import * as registration from './registration.ts';
import { openRegistrationLines } from './registration-line.ts';
import * as report from './report.ts';
import * as retroscan from './retroscan.ts';
import * as rights from './rights.ts';
import * as rightsAssertion from './rights-assertion.ts';
import * as scan from './scan.ts';
import { beginning, type Session } from './session.ts';
import type { Queryable } from './statement.ts';
import { asStoreError } from './store-unavailable.ts';
import * as submission from './submission.ts';
import * as submissionFingerprint from './submission-fingerprint.ts';
import * as webhook from './webhook.ts';
import * as webhookDelivery from './webhook-delivery.ts';

const serviceOperations = {
  findApiKeyByPrefix: apiKey.findApiKeyByPrefix,
  noteApiKeyUses: apiKey.noteApiKeyUses,
  countUsableApiKeys: apiKey.countUsableApiKeys,

  readFeed: changeFeed.readFeed,
  feedHead: changeFeed.feedHead,
  registryId: changeFeed.registryId,

  listDueWebhooks: webhookDelivery.listDueWebhooks,
  listDueDeliveries: webhookDelivery.listDueDeliveries,
  findWebhookTarget: webhookDelivery.findWebhookTarget,
  recordWebhookDelivered: webhookDelivery.recordWebhookDelivered,
  recordWebhookFailed: webhookDelivery.recordWebhookFailed,
  countWebhookDeliveries: webhookDelivery.countWebhookDeliveries,
  forgetEvents,
  countJobs,
  listExcludedIntervals: excludedInterval.listExcludedIntervals,

  readSubmissionFingerprints: submissionFingerprint.readSubmissionFingerprints,
  submissionHead: submissionFingerprint.submissionHead,
  listKeptSubmissions: submissionFingerprint.listKeptSubmissions,
  findReplayedSubmission: submissionFingerprint.findReplayedSubmission,
  forgetSubmissionFingerprints: submissionFingerprint.forgetSubmissionFingerprints,
  findActiveFingerprint: retroscan.findActiveFingerprint,
  hasRetroscanToDo: retroscan.hasRetroscanToDo,
  extendRetroscans: retroscan.extendRetroscans,
  failRetroscan: retroscan.failRetroscan,
};

/** Taking away what is over its time, whoever's it is: asked for in passing, and done by the service. */
const forgetting = { forgetIdempotencyKeys, forgetScanFingerprints: scan.forgetScanFingerprints };

const sessionOperations = {
  ensureParty: party.ensureParty,
  insertParty: party.insertParty,
  setPartyRoles: party.setPartyRoles,
  findParty: party.findParty,
  findPartyByItsName: party.findPartyByItsName,
  listPartyNames: party.listPartyNames,
  listParties: party.listParties,
  partyHasRole: party.partyHasRole,

  insertApiKey: apiKey.insertApiKey,
  findApiKey: apiKey.findApiKey,
  listApiKeys: apiKey.listApiKeys,
  rotateApiKey: apiKey.rotateApiKey,
  revokeApiKey: apiKey.revokeApiKey,

  insertMandate: mandate.insertMandate,
  findMandate: mandate.findMandate,
  listMandates: mandate.listMandates,
  revokeMandate: mandate.revokeMandate,
  mayAct: mandate.mayAct,

  registerRecording: registration.registerRecording,
  removeRecording: registration.removeRecording,
  listRecordings: recording.listRecordings,
  findRecording: recording.findRecording,
  findScannedRecording: recording.findScannedRecording,
  findRegisteredAudio: recording.findRegisteredAudio,
  assertIdentifier: identifierAssertion.assertIdentifier,
  listRecordingIdentifiers: identifierAssertion.listRecordingIdentifiers,
  withdrawIdentifier: identifierAssertion.withdrawIdentifier,
  listMatchedRecordings: recording.listMatchedRecordings,
  mergeMetadata,
  searchWordsOf: recordingSearch.searchWordsOf,
  listAlikeWords: recordingSearch.listAlikeWords,
  searchRecordings: recordingSearch.searchRecordings,
  describeFoundRecordings: recordingSearch.describeFoundRecordings,
  findRecordingsByIdentifier: recordingSearch.findRecordingsByIdentifier,
  countPartiesAsserting: recordingSearch.countPartiesAsserting,
  listMatchableFingerprints: reference.listMatchableFingerprints,
  listScannedFingerprints: reference.listScannedFingerprints,
  countRegistry: recording.countRegistry,

  assertRights: rights.assertRights,
  withdrawRights: rights.withdrawRights,
  findRegistrant: rightsAssertion.findRegistrant,
  listRightsAssertions: rightsAssertion.listRightsAssertions,
  listMandateTerritories: rightsAssertion.listMandateTerritories,
  listOwnershipDecisions: ownershipConflict.listOwnershipDecisions,
  findOwnershipConflict: ownershipConflict.findOwnershipConflict,
  listOwnershipConflicts: ownershipConflict.listOwnershipConflicts,
  setConflictReviewer: ownershipConflict.setConflictReviewer,
  decideConflict: ownershipConflict.decideConflict,

  insertPolicy: policy.insertPolicy,
  insertPolicyVersion: policy.insertPolicyVersion,
  activatePolicy: policy.activatePolicy,
  assignPolicy: policy.assignPolicy,
  endPolicyAssignment: policy.endPolicyAssignment,
  findPolicy: policy.findPolicy,
  listPolicies: policy.listPolicies,
  listPolicyVersions: policy.listPolicyVersions,
  listPoliciesInForce: policy.listPoliciesInForce,
  listRecordingsHeard: policy.listRecordingsHeard,
  listPastScans: policy.listPastScans,

  feedHead: changeFeed.feedHead,

  insertScan: scan.insertScan,
  findScan: scan.findScan,
  findScanFingerprint: scan.findScanFingerprint,

  insertWebhook: webhook.insertWebhook,
  findWebhook: webhook.findWebhook,
  listWebhooks: webhook.listWebhooks,
  updateWebhook: webhook.updateWebhook,
  rotateWebhookSecret: webhook.rotateWebhookSecret,
  deleteWebhook: webhook.deleteWebhook,
  appendEvent,
  listWebhookDeliveries: webhookDelivery.listWebhookDeliveries,
  replayWebhookDeliveries: webhookDelivery.replayWebhookDeliveries,
  findSubmission: submission.findSubmission,
  findSubmissionByExternalId: submission.findSubmissionByExternalId,
  listSubmissions: submission.listSubmissions,
  listSubmissionMatches: submission.listSubmissionMatches,
  findSubmittedFingerprint: submissionFingerprint.findSubmittedFingerprint,
  isFoundInSubmission: submission.isFoundInSubmission,
  listMatchedReferences: reference.listMatchedReferences,

  addAllowlistEntry: allowlistEntry.addAllowlistEntry,
  listAllowlistEntries: allowlistEntry.listAllowlistEntries,
  deleteAllowlistEntry: allowlistEntry.deleteAllowlistEntry,
  listAllowlistingParties: allowlistEntry.listAllowlistingParties,

  findClaim: claim.findClaim,
  listClaims: claim.listClaims,
  listClaimsOfSubmissions: claim.listClaimsOfSubmissions,
  listClaimEvents: claim.listClaimEvents,
  listDueClaims: claim.listDueClaims,
  listReviewQueue: claim.listReviewQueue,
  takeReviews: claim.takeReviews,
  takeClaim: claim.takeClaim,
  returnClaim: claim.returnClaim,

  findDispute: dispute.findDispute,
  listDisputes: dispute.listDisputes,
  listDisputeEvents: dispute.listDisputeEvents,

  listRecordingExclusions: excludedInterval.listRecordingExclusions,
  liftExclusion: excludedInterval.liftExclusion,

  reportClaims: report.reportClaims,
  reportDisputes: report.reportDisputes,
  reportMatches: report.reportMatches,
  reportChallengedPrecision: report.reportChallengedPrecision,
  findRetroscan: retroscan.findRetroscan,
  listRetroscans: retroscan.listRetroscans,
  countRetroscans: retroscan.countRetroscans,
  countThoroughRetroscans: retroscan.countThoroughRetroscans,
  requestRetroscan: retroscan.requestRetroscan,
};

/** What a use case does in one transaction of its own: all of it happens, or nothing. */
const transactionOperations = {
  findAnsweredRequest,
  keepAnswer,

  writeScan: scan.writeScan,
  insertSubmission: submission.insertSubmission,
  insertSubmissionMatch: submission.insertSubmissionMatch,
  insertSubmissionFingerprint: submissionFingerprint.insertSubmissionFingerprint,
  listSubmissionMatches: submission.listSubmissionMatches,
  keepReplayedMatch: submission.keepReplayedMatch,

  startRetroscan: retroscan.startRetroscan,
  advanceRetroscan: retroscan.advanceRetroscan,
  finishRetroscan: retroscan.finishRetroscan,

  listClaimsOfSubmissions: claim.listClaimsOfSubmissions,
  insertClaim: claim.insertClaim,
  lockClaim: claim.lockClaim,
  updateClaim: claim.updateClaim,
  insertClaimEvent: claim.insertClaimEvent,
  listClaimEvents: claim.listClaimEvents,

  insertDispute: dispute.insertDispute,
  findDispute: dispute.findDispute,
  findDisputeOfClaim: dispute.findDisputeOfClaim,
  updateDispute: dispute.updateDispute,
  insertDisputeEvent: dispute.insertDisputeEvent,
  listDisputeEvents: dispute.listDisputeEvents,

  appendEvent,
  insertExcludedInterval: excludedInterval.insertExcludedInterval,
  appendToFeed: changeFeed.appendToFeed,
};

type Bound<Operations> = {
  readonly [K in keyof Operations]: Operations[K] extends (
    on: Connections,
    ...rest: infer Rest
  ) => infer Result
    ? (...rest: Rest) => Result
    : never;
};

/** What can be asked under a session; the session decides which rows there are. */
export type SessionStore = Bound<typeof sessionOperations> &
  Bound<typeof forgetting> & {
    /** Runs `work` in one transaction, and again when it collides with another: it must have no other effects. */
    transaction<T>(work: (on: TransactionStore) => Promise<T>): Promise<T>;
  };

/** One transaction under a session. */
export type TransactionStore = Bound<typeof transactionOperations>;

export type Store = Bound<typeof serviceOperations> & {
  under(session: Session): SessionStore;
  /** Calls back with the feed's position now and whenever it moves, through reconnects, until stopped. */
  listenToFeed(onPosition: (position: number) => void): Promise<() => Promise<void>>;
  /** Works on jobs from now on, as the service. Stop that before the store is closed. */
  startJobs(handlers: Readonly<Record<JobQueueName, JobHandler>>, log?: JobLog): Promise<JobRunner>;
  /** Ends the connections once their statements have finished. Stop listening first. */
  close(): Promise<void>;
};

export type StoreOptions = {
  readonly databaseUrl: string;
  /** Connections at most; listening takes one more. */
  readonly poolSize: number;
  readonly log?: StoreLog | undefined;
};

/**
 * Migrates the database and opens the store on it. Throws StoreUnavailable when Postgres cannot be reached, and
 * DatabaseRolesMissing.
 */
export async function openStore({ databaseUrl, poolSize, log }: StoreOptions): Promise<Store> {
  await migrate(databaseUrl);
  const connections = openConnections(databaseUrl, poolSize, log);
  const service = connections.under({ role: 'service' });
  const forgets = bind(forgetting, service);
  const registerInLine = openRegistrationLines();
  return {
    ...bind(serviceOperations, service),
    under: (session) => {
      const own = connections.under(session);
      return {
        ...bind(sessionOperations, own),
        ...forgets,
        registerRecording: (one) => registerInLine(beginning(session), own, one),
        transaction: (work) => own.transaction((on) => work(bind(transactionOperations, on))),
      };
    },
    listenToFeed: async (onPosition) => {
      try {
        return await listenToFeed(databaseUrl, onPosition, log);
      } catch (error) {
        throw asStoreError(error);
      }
    },
    startJobs: (handlers, log) => startJobs(service, handlers, log),
    close: () => connections.close(),
  };
}

function bind<Operations extends object>(
  operations: Operations,
  connections: Connections | Queryable,
): Bound<Operations> {
  const bound = Object.entries(operations).map(([name, operation]) => {
    const run = operation as (on: Connections | Queryable, ...rest: unknown[]) => unknown;
    return [name, (...rest: unknown[]) => run(connections, ...rest)];
  });
  return Object.fromEntries(bound) as Bound<Operations>;
}
