// The saga starter of a function that may start sagas.
import { StepFunctionsStarter, sfnClient, sqsClient } from "./step-functions.ts";

export const sagas = new StepFunctionsStarter(sfnClient(), sqsClient());
