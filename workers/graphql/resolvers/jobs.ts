import * as v from "valibot";
import { cancelJob } from "../../jobs/cancel-job.ts";
import type { Job } from "../../jobs/jobs.ts";
import { hasEnded } from "../../jobs/transitions.ts";
import { watchJob } from "../../jobs/watch-job.ts";
import { addressTrouble } from "../../platform/public-address.ts";
import { findStoredImage } from "../../platform/stored-image.ts";
import { JOB_KINDS } from "../../stylization/job-kinds.ts";
import { optimizeStyle } from "../../stylization/optimize-style.ts";
import { trainStyle } from "../../stylization/train-style.ts";
import { checkArgument, checkOptional, IdempotencyKey, Name } from "../arguments.ts";
import type { Context } from "../context.ts";
import { fieldError } from "../errors.ts";
import { pictureFrom } from "../image-input.ts";
import { jobConnection, pageOf } from "../pages.ts";
import { typeNameOf } from "../results.ts";
import type { OptimizeStyleInput, Resolvers, StyleSource, TrainStyleInput } from "../types.generated.ts";

const within = (low: number, high: number, integer = false) => {
  const message = `It must be from ${low} to ${high}.`;
  const number = v.pipe(v.number(), v.minValue(low, message), v.maxValue(high, message));
  return integer ? v.pipe(number, v.integer("It must be an integer.")) : number;
};
const Weight = within(0, 1_000);
const PositiveWeight = v.pipe(
  v.number(),
  v.gtValue(0, "It must be greater than 0."),
  v.maxValue(100, "It must be at most 100."),
);
const Steps = (max: number) => within(1, max, true);
const Seed = within(0, 2 ** 32 - 1, true);
const MaxSide = within(64, 2_048, true);
const Deadline = within(60, 604_800, true);
const Paintings = v.pipe(
  v.array(v.any()),
  v.minLength(1, "It must have 1 to 4 paintings."),
  v.maxLength(4, "It must have 1 to 4 paintings."),
);
const LayerName = v.pipe(v.string(), v.regex(/^\w{1,64}$/, "It is not the name of a layer."));
const StyleLayers = v.pipe(
  v.array(v.object({ layer: LayerName, weight: PositiveWeight })),
  v.minLength(1, "It must have 1 to 12 layers."),
  v.maxLength(12, "It must have 1 to 12 layers."),
  v.transform((layers) => Object.fromEntries(layers.map(({ layer, weight }) => [layer, weight]))),
);

/** The settings that all kinds of jobs have. */
async function commonSettings(
  { webhook, deadlineSeconds, idempotencyKey }: OptimizeStyleInput | TrainStyleInput,
  { jobs: { addressRules } }: Context,
) {
  const problem = webhook ? await addressTrouble(webhook, addressRules) : undefined;
  if (problem !== undefined) {
    throw fieldError("BAD_USER_INPUT", `The argument input.webhook is not valid. The URL ${problem}.`);
  }
  return {
    webhook: webhook ?? undefined,
    deadlineSeconds: checkOptional(Deadline, deadlineSeconds, "input.deadlineSeconds"),
    idempotencyKey: checkOptional(IdempotencyKey, idempotencyKey, "input.idempotencyKey"),
  };
}

const sourceOf = ({ image, styleId }: StyleSource, { fetchPicture }: Context) =>
  image ? pictureFrom(image, fetchPicture) : { styleId: styleId ?? "" };

const settingsOf = (input: OptimizeStyleInput) => ({
  recipe: input.recipe === "GATYS" ? ("gatys" as const) : ("painterly" as const),
  contentWeight: checkOptional(Weight, input.contentWeight, "input.contentWeight"),
  styleWeight: checkOptional(Weight, input.styleWeight, "input.styleWeight"),
  smoothness: checkOptional(Weight, input.smoothness, "input.smoothness"),
  contentLayer: checkOptional(LayerName, input.contentLayer, "input.contentLayer"),
  styleLayers: checkOptional(StyleLayers, input.styleLayers, "input.styleLayers"),
  start: input.init == null ? undefined : input.init === "NOISE" ? ("noise" as const) : ("content" as const),
  optimizer: input.optimizer == null ? undefined : input.optimizer === "ADAM" ? ("adam" as const) : ("lbfgs" as const),
  steps: checkOptional(Steps(2_000), input.steps, "input.steps"),
  seed: checkOptional(Seed, input.seed, "input.seed"),
  maxSide: checkArgument(MaxSide, input.maxSide ?? 512, "input.maxSide"),
  preserveColors: input.preserveColors ?? undefined,
  previewEvery: checkOptional(Steps(2_000), input.previewEvery, "input.previewEvery"),
});

const findJob = (id: string, { jobs: { jobs }, principal: { tenantId } }: Context): Promise<Job | undefined> =>
  jobs.find({ tenantId, jobId: id });

export const jobs: Resolvers<Context> = {
  Query: {
    job: (_, { id }, context) => findJob(id, context),
    jobs: async (_, { state, ...args }, { jobs: { jobs }, principal: { tenantId } }) => {
      const page = pageOf(args);
      return jobConnection(await jobs.list(tenantId, { ...page, state: state ?? undefined }), page);
    },
  },
  Mutation: {
    optimizeStyle: async (_, { input }, context) => {
      checkArgument(Paintings, input.styles, "input.styles");
      const request = {
        ...(await commonSettings(input, context)),
        content: pictureFrom(input.content, context.fetchPicture),
        paintings: input.styles.map(({ source, weight }, i) => ({
          source: sourceOf(source, context),
          weight: checkArgument(PositiveWeight, weight ?? 1, `input.styles[${i}].weight`),
        })),
        settings: settingsOf(input),
      };
      return optimizeStyle(request, context.startJobDeps());
    },
    trainStyle: async (_, { input }, context) => {
      const request = {
        ...(await commonSettings(input, context)),
        name: checkArgument(Name, input.name, "input.name"),
        painting: pictureFrom(input.style, context.fetchPicture),
        settings: {
          contentWeight: checkOptional(Weight, input.contentWeight, "input.contentWeight"),
          styleWeight: checkOptional(Weight, input.styleWeight, "input.styleWeight"),
          steps: checkOptional(Steps(20_000), input.steps, "input.steps"),
          seed: checkOptional(Seed, input.seed, "input.seed"),
        },
      };
      return trainStyle(request, context.startJobDeps());
    },
    cancelJob: (_, { id }, context) => cancelJob(id, context.startJobDeps()),
  },
  Subscription: {
    jobUpdated: {
      subscribe: async (_, { id }, context) => {
        if (!(await findJob(id, context))) {
          throw fieldError(
            "BAD_USER_INPUT",
            `There is no job with the ID ${JSON.stringify(id.slice(0, 64))}. Check the ID.`,
          );
        }
        const { jobs, principal, disconnected, isStillAuthorized } = context;
        const at = { tenantId: principal.tenantId, jobId: id };
        return watchJob(at, {
          jobs: jobs.jobs,
          channel: jobs.channels(id),
          signal: disconnected,
          isStillAuthorized,
        });
      },
      resolve: (job: Job) => job,
    },
  },
  Job: {
    kind: ({ kind }) => JOB_KINDS[kind].publicName,
    progress: ({ state, step, steps }) => (state === "SUCCEEDED" ? 1 : steps === 0 ? 0 : Math.min(1, step / steps)),
    losses: ({ losses }) => losses.map(([step, total, content, style]) => ({ step, total, content, style })),
    preview: ({ previewKey, tenantId }, _, { jobs }) => findStoredImage(jobs, tenantId, previewKey),
    result: ({ resultKey, tenantId }, _, { jobs }) => findStoredImage(jobs, tenantId, resultKey),
    style: async ({ styleId, tenantId }, _, { stylization: { styles } }) =>
      styleId === null ? null : ((await styles.find(tenantId, styleId)) ?? null),
    // The error of an attempt is not the error of the job.
    error: (job) => (hasEnded(job) ? job.error : null),
    webhookDeliveredAt: ({ webhookError, webhookSettledAt }) => (webhookError === null ? webhookSettledAt : null),
  },
  StartJobResult: { __resolveType: typeNameOf },
  CancelJobResult: { __resolveType: typeNameOf },
};
