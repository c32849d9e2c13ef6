// In place of the SDK's reader of ~/.aws/config and ~/.aws/credentials. Lambda has no such files,
// and the SDK would look for them once for each of its settings.
export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} });
