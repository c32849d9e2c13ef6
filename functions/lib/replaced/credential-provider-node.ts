// In place of @aws-sdk/credential-provider-node. Lambda gives a function its credentials in the
// environment, so profiles, single sign-on, web identities and instance roles stay out of bundles.
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
