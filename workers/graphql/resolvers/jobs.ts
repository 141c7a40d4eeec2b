import * as v from "valibot";
import { addressTrouble } from "../../platform/public-address.ts";
import { cancelJob } from "../../stylization/cancel-job.ts";
import type { Job } from "../../stylization/jobs.ts";
import { optimizeStyle, trainStyle } from "../../stylization/start-job.ts";
import { findStoredImage } from "../../stylization/stored-image.ts";
import { hasEnded } from "../../stylization/transitions.ts";
import { watchJob } from "../../stylization/watch-job.ts";
import { checked, IdempotencyKey, Name, optional } from "../arguments.ts";
import type { Context } from "../context.ts";
import { fieldError } from "../errors.ts";
import { pictureFrom } from "../image-input.ts";
import { jobConnection, pageOf } from "../pages.ts";
import { typeNameOf } from "../results.ts";
import type { OptimizeStyleInput, Resolvers, StyleSource, TrainStyleInput } from "../types.generated.ts";

const within = (low: number, high: number, whole = false) => {
  const message = `It must be in ${low}..${high}.`;
  const number = v.pipe(v.number(), v.minValue(low, message), v.maxValue(high, message));
  return whole ? v.pipe(number, v.integer("It must be whole.")) : number;
};
const Weight = within(0, 1_000);
const Share = v.pipe(v.number(), v.gtValue(0, "It must be above 0."), v.maxValue(100, "It must be at most 100."));
const Steps = (most: number) => within(1, most, true);
const Seed = within(0, 2 ** 32 - 1, true);
const MaxSide = within(64, 2_048, true);
const Deadline = within(60, 604_800, true);
const Paintings = v.pipe(
  v.array(v.any()),
  v.minLength(1, "Give one to four paintings."),
  v.maxLength(4, "Give one to four paintings."),
);
const LayerName = v.pipe(v.string(), v.regex(/^\w{1,64}$/, "It is no layer's name."));
const StyleLayers = v.pipe(
  v.array(v.object({ layer: LayerName, weight: Share })),
  v.minLength(1, "Give 1 to 12 layers."),
  v.maxLength(12, "Give 1 to 12 layers."),
  v.transform((layers) => Object.fromEntries(layers.map(({ layer, weight }) => [layer, weight]))),
);

/** What any job may be told. */
async function common(
  { webhook, deadlineSeconds, idempotencyKey }: OptimizeStyleInput | TrainStyleInput,
  { jobs: { addressRules } }: Context,
) {
  const trouble = webhook ? await addressTrouble(webhook, addressRules) : undefined;
  if (trouble !== undefined) {
    throw fieldError("BAD_USER_INPUT", `The argument input.webhook is not valid. The address ${trouble}.`);
  }
  return {
    webhook: webhook ?? undefined,
    deadlineSeconds: optional(Deadline, deadlineSeconds, "input.deadlineSeconds"),
    idempotencyKey: optional(IdempotencyKey, idempotencyKey, "input.idempotencyKey"),
  };
}

const sourceOf = ({ image, styleId }: StyleSource, { fetchPicture }: Context) =>
  image ? pictureFrom(image, fetchPicture) : { styleId: styleId ?? "" };

const settingsOf = (input: OptimizeStyleInput) => ({
  recipe: input.recipe === "GATYS" ? ("gatys" as const) : ("painterly" as const),
  contentWeight: optional(Weight, input.contentWeight, "input.contentWeight"),
  styleWeight: optional(Weight, input.styleWeight, "input.styleWeight"),
  smoothness: optional(Weight, input.smoothness, "input.smoothness"),
  contentLayer: optional(LayerName, input.contentLayer, "input.contentLayer"),
  styleLayers: optional(StyleLayers, input.styleLayers, "input.styleLayers"),
  start: input.init == null ? undefined : input.init === "NOISE" ? ("noise" as const) : ("content" as const),
  optimizer: input.optimizer == null ? undefined : input.optimizer === "ADAM" ? ("adam" as const) : ("lbfgs" as const),
  steps: optional(Steps(2_000), input.steps, "input.steps"),
  seed: optional(Seed, input.seed, "input.seed"),
  maxSide: checked(MaxSide, input.maxSide ?? 512, "input.maxSide"),
  preserveColors: input.preserveColors ?? undefined,
  previewEvery: optional(Steps(2_000), input.previewEvery, "input.previewEvery"),
});

const find = (id: string, { jobs: { jobs }, principal: { tenantId } }: Context): Promise<Job | undefined> =>
  jobs.find({ tenantId, jobId: id });

export const jobs: Resolvers<Context> = {
  Query: {
    job: (_, { id }, context) => find(id, context),
    jobs: async (_, { state, ...args }, { jobs: { jobs }, principal: { tenantId } }) => {
      const page = pageOf(args);
      return jobConnection(await jobs.list(tenantId, { ...page, state: state ?? undefined }), page);
    },
  },
  Mutation: {
    optimizeStyle: async (_, { input }, context) => {
      checked(Paintings, input.styles, "input.styles");
      const request = {
        ...(await common(input, context)),
        content: pictureFrom(input.content, context.fetchPicture),
        paintings: input.styles.map(({ source, weight }, i) => ({
          source: sourceOf(source, context),
          weight: checked(Share, weight ?? 1, `input.styles[${i}].weight`),
        })),
        settings: settingsOf(input),
      };
      return optimizeStyle(request, context.starting());
    },
    trainStyle: async (_, { input }, context) => {
      const request = {
        ...(await common(input, context)),
        name: checked(Name, input.name, "input.name"),
        painting: pictureFrom(input.style, context.fetchPicture),
        settings: {
          contentWeight: optional(Weight, input.contentWeight, "input.contentWeight"),
          styleWeight: optional(Weight, input.styleWeight, "input.styleWeight"),
          steps: optional(Steps(20_000), input.steps, "input.steps"),
          seed: optional(Seed, input.seed, "input.seed"),
        },
      };
      return trainStyle(request, context.starting());
    },
    cancelJob: (_, { id }, context) => cancelJob(id, context.starting()),
  },
  Subscription: {
    jobUpdated: {
      subscribe: async (_, { id }, context) => {
        if (!(await find(id, context))) {
          throw fieldError("BAD_USER_INPUT", `There is no job with the id ${JSON.stringify(id.slice(0, 64))}.`);
        }
        const { jobs, principal, left, mayStill } = context;
        const at = { tenantId: principal.tenantId, jobId: id };
        return watchJob(at, { jobs: jobs.jobs, channel: jobs.channels(id), signal: left, isStillAuthorized: mayStill });
      },
      resolve: (job: Job) => job,
    },
  },
  Job: {
    kind: ({ kind }) => (kind === "optimizeStyle" ? "OPTIMIZE_STYLE" : "TRAIN_STYLE"),
    progress: ({ state, step, steps }) => (state === "SUCCEEDED" ? 1 : steps === 0 ? 0 : Math.min(1, step / steps)),
    losses: ({ losses }) => losses.map(([step, total, content, style]) => ({ step, total, content, style })),
    preview: ({ previewKey, tenantId }, _, { jobs }) => findStoredImage(jobs, tenantId, previewKey),
    result: ({ resultKey, tenantId }, _, { jobs }) => findStoredImage(jobs, tenantId, resultKey),
    style: async ({ styleId, tenantId }, _, { stylization: { styles } }) =>
      styleId === null ? null : ((await styles.find(tenantId, styleId)) ?? null),
    // An attempt's trouble is not the job's.
    error: (job) => (hasEnded(job) ? job.error : null),
    webhookDeliveredAt: ({ webhookError, webhookSettledAt }) => (webhookError === null ? webhookSettledAt : null),
  },
  StartJobResult: { __resolveType: typeNameOf },
  CancelJobResult: { __resolveType: typeNameOf },
};
