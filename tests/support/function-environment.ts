// Imported first by a test that loads an adapter directly: the environment that a function starts
// with.
import { ENVIRONMENT } from "./cold-start.ts";

Object.assign(process.env, ENVIRONMENT);
