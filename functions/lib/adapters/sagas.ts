// The saga starter of a function that may start sagas.

import { StepFunctionsStarter, sfnClient } from "./aws/saga-starter.ts";
import { sqsClient } from "./aws/sqs.ts";

export const sagas = new StepFunctionsStarter(sfnClient(), sqsClient());
