// The saga starter of a function that may start sagas.
import { sqsClient } from "./sqs.ts";
import { StepFunctionsStarter, sfnClient } from "./step-functions.ts";

export const sagas = new StepFunctionsStarter(sfnClient(), sqsClient());
