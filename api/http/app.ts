/** The HTTP API, as a list: hooks, plugins, routes, errors. */
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import fastify, { type FastifyBaseLogger } from 'fastify';
import type { Context } from '../context.ts';
import { authenticateKey } from '../registry/keys.ts';
import { type Authenticate, requireKeys } from './access.ts';
import { addConnectionHooks, logRequests, measureRequests } from './connection-hooks.ts';
import { answerExpectations } from './expect-continue.ts';
import type { App } from './fastify-types.ts';
import { prepareIncomingDirectory } from './incoming-directory.ts';
import { acceptJson } from './json-body.ts';
import { openMetrics } from './metrics.ts';
import { letActOnBehalf } from './on-behalf-of.ts';
import { docsOptions, openapiOptions } from './openapi.ts';
import { answerNotFound, answerProblem, Problem } from './problem.ts';
import { rateLimitOptions } from './rate-limit.ts';
import { actOnClaimRoute } from './routes/act-on-claim.ts';
import { actOnDisputeRoute } from './routes/act-on-dispute.ts';
import { activatePolicyRoute } from './routes/activate-policy.ts';
import { allowAccountRoute } from './routes/allow-account.ts';
import { assertIdentifierRoute } from './routes/assert-identifier.ts';
import { assertRightsRoute } from './routes/assert-rights.ts';
import { counterStateRoute } from './routes/counter-state.ts';
import { createKeyRoute } from './routes/create-key.ts';
import { createMandateRoute } from './routes/create-mandate.ts';
import { createPartyRoute } from './routes/create-party.ts';
import { createPolicyRoute } from './routes/create-policy.ts';
import { createPolicyVersionRoute } from './routes/create-policy-version.ts';
import { createWebhookRoute } from './routes/create-webhook.ts';
import { decideOwnershipConflictRoute } from './routes/decide-ownership-conflict.ts';
import { decideReviewRoute } from './routes/decide-review.ts';
import { disallowAccountRoute } from './routes/disallow-account.ts';
import { endDefaultPolicyRoute } from './routes/end-default-policy.ts';
import { endRecordingPolicyRoute } from './routes/end-recording-policy.ts';
import { explainMatchRoute } from './routes/explain-match.ts';
import { getClaimRoute } from './routes/get-claim.ts';
import { getClaimHistoryRoute } from './routes/get-claim-history.ts';
import { getDisputeRoute } from './routes/get-dispute.ts';
import { getHealth } from './routes/get-health.ts';
import { getMandateRoute } from './routes/get-mandate.ts';
import { getMetrics } from './routes/get-metrics.ts';
import { getOpenapi } from './routes/get-openapi.ts';
import { getOwnershipConflictRoute } from './routes/get-ownership-conflict.ts';
import { getPartyRoute } from './routes/get-party.ts';
import { getPolicyRoute } from './routes/get-policy.ts';
import { getReady } from './routes/get-ready.ts';
import { getRecordingRoute } from './routes/get-recording.ts';
import { getScanRoute } from './routes/get-scan.ts';
import { getSubmissionRoute } from './routes/get-submission.ts';
import { getWebhookRoute } from './routes/get-webhook.ts';
import { listAllowlistRoute } from './routes/list-allowlist.ts';
import { listClaimsRoute } from './routes/list-claims.ts';
import { listDisputesRoute } from './routes/list-disputes.ts';
import { listIdentifiersRoute } from './routes/list-identifiers.ts';
import { listKeysRoute } from './routes/list-keys.ts';
import { listMandatesRoute } from './routes/list-mandates.ts';
import { listOwnershipConflictsRoute } from './routes/list-ownership-conflicts.ts';
import { listPartiesRoute } from './routes/list-parties.ts';
import { listPoliciesRoute } from './routes/list-policies.ts';
import { listRecordingsRoute } from './routes/list-recordings.ts';
import { listReviewsRoute } from './routes/list-reviews.ts';
import { listSubmissionsRoute } from './routes/list-submissions.ts';
import { listWebhookDeliveriesRoute } from './routes/list-webhook-deliveries.ts';
import { listWebhooksRoute } from './routes/list-webhooks.ts';
import { openDisputeRoute } from './routes/open-dispute.ts';
import { registerRecordingRoute } from './routes/register-recording.ts';
import { removeRecordingRoute } from './routes/remove-recording.ts';
import { removeWebhookRoute } from './routes/remove-webhook.ts';
import { replayWebhookDeliveriesRoute } from './routes/replay-webhook-deliveries.ts';
import { reportChallengedPrecisionRoute } from './routes/report-challenged-precision.ts';
import { reportClaimsRoute } from './routes/report-claims.ts';
import { reportDisputesRoute } from './routes/report-disputes.ts';
import { reportMatchesRoute } from './routes/report-matches.ts';
import { returnReviewRoute } from './routes/return-review.ts';
import { revokeKeyRoute } from './routes/revoke-key.ts';
import { revokeMandateRoute } from './routes/revoke-mandate.ts';
import { rotateKeyRoute } from './routes/rotate-key.ts';
import { rotateWebhookSecretRoute } from './routes/rotate-webhook-secret.ts';
import { scanUploadRoute } from './routes/scan-upload.ts';
import { setConflictReviewerRoute } from './routes/set-conflict-reviewer.ts';
import { setDefaultPolicyRoute } from './routes/set-default-policy.ts';
import { setPartyRolesRoute } from './routes/set-party-roles.ts';
import { setRecordingPolicyRoute } from './routes/set-recording-policy.ts';
import { showOutcomeRoute } from './routes/show-outcome.ts';
import { showRightsRoute } from './routes/show-rights.ts';
import { simulatePolicyRoute } from './routes/simulate-policy.ts';
import { submitUploadRoute } from './routes/submit-upload.ts';
import { submitUploadsRoute } from './routes/submit-uploads.ts';
import { takeReviewRoute } from './routes/take-review.ts';
import { takeReviewsRoute } from './routes/take-reviews.ts';
import { testWebhookRoute } from './routes/test-webhook.ts';
import { updateWebhookRoute } from './routes/update-webhook.ts';
import { withdrawIdentifierRoute } from './routes/withdraw-identifier.ts';
import { withdrawRightsRoute } from './routes/withdraw-rights.ts';
import { limitConnections, serverOptions } from './server-options.ts';
import { refuseUnknownQuery } from './strict-query.ts';
import { UploadGate } from './upload-gate.ts';

/** `authenticate`: for whoever asks in this process and is known without a key. */
export async function buildApp(
  context: Context,
  authenticate: Authenticate = (key) => authenticateKey(context, key),
): Promise<App> {
  const { config } = context;
  await prepareIncomingDirectory(config);
  const gate = new UploadGate(config, context.workers);
  const metrics = openMetrics(context, gate);

  const answerError = answerProblem(metrics);
  const app: App = fastify({
    ...serverOptions(config, answerError),
    loggerInstance: context.log as FastifyBaseLogger,
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.setErrorHandler(answerError);
  app.setNotFoundHandler(answerNotFound);
  limitConnections(app.server);
  answerExpectations(app);
  addConnectionHooks(app);
  logRequests(app);
  measureRequests(app, metrics);
  app.addSchema(Problem);

  await app.register(swagger, openapiOptions);
  await app.register(swaggerUi, docsOptions);

  // Bodies are uploads; what takes JSON says so.
  app.removeAllContentTypeParsers();
  await app.register(multipart, { throwFileSizeLimit: true });

  refuseUnknownQuery(app);
  getHealth(app);
  getReady(app, context);
  getMetrics(app, metrics);
  getOpenapi(app);

  await app.register(
    async (v1: App) => {
      requireKeys(v1, context, authenticate);
      await v1.register(rateLimit, rateLimitOptions(config));
      letActOnBehalf(v1, context);
      registerRecordingRoute(v1, context, gate, metrics);
      listRecordingsRoute(v1, context);
      getRecordingRoute(v1, context);
      removeRecordingRoute(v1, context);
      scanUploadRoute(v1, context, gate, metrics);
      getScanRoute(v1, context);
      explainMatchRoute(v1, context, gate);
      submitUploadRoute(v1, context, gate);
      await v1.register(async (streams: App) => submitUploadsRoute(streams, context, gate));
      listSubmissionsRoute(v1, context);
      getSubmissionRoute(v1, context);
      await v1.register(async (records: App) => {
        acceptJson(records);
        listIdentifiersRoute(records, context);
        assertIdentifierRoute(records, context);
        withdrawIdentifierRoute(records, context);
        assertRightsRoute(records, context);
        showRightsRoute(records, context);
        withdrawRightsRoute(records, context);
        listOwnershipConflictsRoute(records, context);
        getOwnershipConflictRoute(records, context);
        setConflictReviewerRoute(records, context);
        decideOwnershipConflictRoute(records, context);
        createPolicyRoute(records, context);
        listPoliciesRoute(records, context);
        getPolicyRoute(records, context);
        createPolicyVersionRoute(records, context);
        activatePolicyRoute(records, context);
        simulatePolicyRoute(records, context);
        setDefaultPolicyRoute(records, context);
        endDefaultPolicyRoute(records, context);
        setRecordingPolicyRoute(records, context);
        endRecordingPolicyRoute(records, context);
        showOutcomeRoute(records, context);
        listClaimsRoute(records, context);
        getClaimRoute(records, context);
        getClaimHistoryRoute(records, context);
        actOnClaimRoute(records, context);
        listReviewsRoute(records, context);
        takeReviewsRoute(records, context);
        takeReviewRoute(records, context);
        returnReviewRoute(records, context);
        decideReviewRoute(records, context);
        openDisputeRoute(records, context);
        listDisputesRoute(records, context);
        getDisputeRoute(records, context);
        actOnDisputeRoute(records, context);
        counterStateRoute(records, context);
        allowAccountRoute(records, context);
        listAllowlistRoute(records, context);
        disallowAccountRoute(records, context);
        reportClaimsRoute(records, context);
        reportMatchesRoute(records, context);
        reportDisputesRoute(records, context);
        reportChallengedPrecisionRoute(records, context);
        createPartyRoute(records, context);
        listPartiesRoute(records, context);
        getPartyRoute(records, context);
        setPartyRolesRoute(records, context);
        createMandateRoute(records, context);
        listMandatesRoute(records, context);
        getMandateRoute(records, context);
        revokeMandateRoute(records, context);
        createKeyRoute(records, context);
        listKeysRoute(records, context);
        rotateKeyRoute(records, context);
        revokeKeyRoute(records, context);
        createWebhookRoute(records, context);
        listWebhooksRoute(records, context);
        getWebhookRoute(records, context);
        updateWebhookRoute(records, context);
        removeWebhookRoute(records, context);
        rotateWebhookSecretRoute(records, context);
        testWebhookRoute(records, context);
        listWebhookDeliveriesRoute(records, context);
        replayWebhookDeliveriesRoute(records, context);
      });
    },
    { prefix: '/v1' },
  );
  return app;
}
