/**
 * The metadata of Dapr's components, by type: which versions there are (v1 where none is named before a colon), and the fields.
 * Made from the metadata.yaml files and the field tags of github.com/dapr/components-contrib v1.18.3. A name with `@` stands for a
 * group of fields that many types share. Dapr reads the names without regard to case.
 */
export const COMPONENT_FIELDS: Readonly<Record<string, string>> = {
  "bindings.alicloud.dingtalk.webhook": "id secret url @binding",
  "bindings.alicloud.oss": "accessKey accessKeyID accessKeySecret bucket endpoint objectKey @binding",
  "bindings.alicloud.sls": "accessKeyID accessKeySecret endpoint logstore project source topic @binding",
  "bindings.alicloud.tablestore": "accessKey accessKeyID accessKeySecret endpoint instanceName tableName @binding",
  "bindings.apns": "development key-id private-key team-id @binding",
  "bindings.aws.dynamodb": "accessKey endpoint region secretKey sessionToken table @binding",
  "bindings.aws.kinesis":
    "accessKey consumerName endpoint mode partitionKey region secretKey sessionToken streamName @binding",
  "bindings.aws.s3":
    "bucket decodeBase64 disableSSL encodeBase64 endpoint filePath forcePathStyle insecureSSL presignTTL storageClass @aws @binding",
  "bindings.aws.ses": "accessKey emailBcc emailCc emailFrom emailTo region secretKey sessionToken subject @binding",
  "bindings.aws.sns": "endpoint topicArn @aws @binding",
  "bindings.aws.sqs": "accessKey endpoint queueName region secretKey sessionToken @binding",
  "bindings.azure.blobstorage":
    "accountKey accountName connectionString containerName decodeBase64 disableEntityManagement endpoint publicAccessLevel retryCount @azure @binding",
  "bindings.azure.cosmosdb.gremlinapi": "masterKey url username @binding",
  "bindings.azure.cosmosdb": "collection database masterKey partitionKey url @azure @binding",
  "bindings.azure.eventgrid":
    "accessKey eventSubscriptionName handshakePort scope subscriberEndpoint topicEndpoint @azure @binding",
  "bindings.azure.eventhubs":
    "connectionString consumerGroup consumerID enableEntityManagement enableInOrderMessageDelivery eventHub eventHubNamespace getAllMessageProperties messageRetentionInDays partitionCount resourceGroupName storageAccountKey storageAccountName storageConnectionString storageContainerName subscriptionId @azure @binding",
  "bindings.azure.openai": "apiKey endpoint @azure @binding",
  "bindings.azure.servicebus.queues":
    "autoDeleteOnIdleInSec connectionString consumerID defaultMessageTimeToLiveInSec disableEntityManagement handlerTimeoutInSec lockDurationInSec lockRenewalInSec maxActiveMessages maxConcurrentHandlers maxConnectionRecoveryInSec maxDeliveryCount maxRetriableErrorsPerSec minConnectionRecoveryInSec namespaceName publishInitialRetryIntervalInMs publishMaxRetries queueName timeoutInSec ttlInSeconds @azure @binding",
  "bindings.azure.signalr": "accessKey connectionString endpoint hub @azure @binding",
  "bindings.azure.storagequeues":
    "accountKey accountName decodeBase64 encodeBase64 initialVisibilityDelay pollingInterval queueEndpoint queueName ttl ttlInSeconds visibilityTimeout @azure @binding",
  "bindings.cloudflare.queues": "cfAccountID cfAPIToken key queueName timeoutInSeconds workerName workerUrl @binding",
  "bindings.commercetools": "clientID clientSecret projectKey provider region scopes @binding",
  "bindings.cron": "schedule @binding",
  "bindings.dubbo": "group interfaceName methodName providerHostname providerPort version @binding",
  "bindings.gcp.bucket": "bucket contentType decodeBase64 encodeBase64 signTTL @gcp @binding",
  "bindings.gcp.pubsub": "subscription topic @gcp @binding",
  "bindings.graphql": "endpoint @binding",
  "bindings.http":
    "errorIfNot2XX maxResponseBodySize mtlsClientCert mtlsClientKey MTLSRenegotiation MTLSRootCA responseTimeout securityToken securityTokenHeader url @binding",
  "bindings.huawei.obs": "accessKey bucket endpoint region secretKey @binding",
  "bindings.influx": "bucket measurement org token url @binding",
  "bindings.kafka":
    "authType brokers caCert clientCert clientConnectionKeepAliveInterval clientConnectionTopicMetadataRefreshInterval clientId clientKey compression consumeRetryEnabled consumeRetryInterval consumerGroup consumerGroupRebalanceStrategy dialTimeout disableTls escapeHeaders excludeHeaderMetaRegex heartbeatInterval initialOffset maxMessageBytes metadataTimeout oidcAudience oidcClientAssertionCert oidcClientAssertionKey oidcClientID oidcClientSecret oidcExtensions oidcKid oidcResource oidcScopes oidcTokenEndpoint producerRequiredAcks producerRetryMax publishTopic readTimeout saslMechanism saslPassword saslUsername schemaCachingEnabled schemaLatestVersionCacheTTL schemaRegistryAPIKey schemaRegistryAPISecret schemaRegistryURL sessionTimeout skipVerify topics useAvroJSON version writeTimeout @aws @binding",
  "bindings.kitex": "destService hostPorts methodName serviceName @binding",
  "bindings.kubemq": "address authToken autoAcknowledged channel pollMaxItems pollTimeoutSeconds @binding",
  "bindings.kubernetes": "kubeconfigPath namespace resyncPeriod resyncPeriodInSec @binding",
  "bindings.localstorage": "fileName rootPath @binding",
  "bindings.mqtt3": "backOffMaxRetries caCert cleanSession clientCert clientKey consumerID retain topic url @binding",
  "bindings.mysql": "connMaxIdleTime connMaxLifetime maxIdleConns maxOpenConns pemPath url @binding",
  "bindings.postgres":
    "connectionMaxIdleTime connectionString database host hostaddr maxConns password port queryExecMode sslRootCert timeout timeoutInSeconds user @azure @aws @binding",
  "bindings.postmark": "accountToken emailBcc emailCc emailFrom emailTo serverToken subject @binding",
  "bindings.rabbitmq":
    "caCert clientCert clientKey contentType deleteWhenUnused durable exclusive externalSasl host maxPriority prefetchCount queueName reconnectWaitInSeconds ttl ttlInSeconds @binding",
  "bindings.redis":
    "clientCert clientKey concurrency consumerID dialTimeout enableTLS failover idleCheckFrequency idleTimeout insecureSkipTLSVerify maxConnAge maxLenApprox minIdleConns poolSize poolTimeout processingTimeout queryIndexes queueDepth readTimeout redisDB redisHost redisMaxRetries redisMaxRetryInterval redisMinRetryInterval redisPassword redisPort redisType redisUsername sentinelMasterName sentinelPassword sentinelUsername streamTTL ttlInSeconds useEntraID writeTimeout @azure @binding",
  "bindings.rethinkdb.statechange":
    "address addresses archive authKey clientCert clientKey database discoverHosts enableTLS handshakeVersion hostDecayDuration initialCap keepAlivePeriod maxIdle maxOpen nodeRefreshInterval numRetries password readTimeout table timeout useJSONNumber useOpentracing username writeTimeout @binding",
  "bindings.rocketmq":
    "accessKey accessProto consumerBatchSize consumerGroup consumerThreadNums endpoint instanceId nameServer nameServerDomain retries secretKey string topics @binding",
  "bindings.sftp":
    "address fileName hostPublicKey insecureIgnoreHostKey knownHostsFile password privateKey privateKeyPassphrase rootPath sequentialMode username @binding",
  "bindings.smtp": "emailBCC emailCC emailFrom emailTo host password port priority skipTLSVerify subject user @binding",
  "bindings.twilio.sendgrid":
    "apiKey dynamicTemplateData dynamicTemplateId emailBcc emailCc emailFrom emailFromName emailTo emailToName subject @binding",
  "bindings.twilio.sms": "accountSid authToken fromNumber timeout toNumber @binding",
  "bindings.wasm": "strictSandbox url @binding",
  "bindings.zeebe.command":
    "authorizationServerUrl caCertificatePath clientConfigPath clientId clientSecret gatewayAddr gatewayKeepAlive tokenAudience tokenScope usePlainTextConnection @binding",
  "bindings.zeebe.jobworker":
    "authorizationServerUrl autocomplete caCertificatePath clientConfigPath clientId clientSecret concurrency fetchVariables gatewayAddr gatewayKeepAlive jobType maxJobsActive pollInterval pollThreshold requestTimeout retryBackOff tokenAudience tokenScope usePlainTextConnection workerName workerTimeout @binding",
  "configuration.azure.appconfig":
    "connectionString host label maxRetries maxRetryDelay requesttimeout retryDelay sentinelKey subscribePollInterval @azure",
  "configuration.kubernetes": "configMapName kubeconfigPath resyncPeriod",
  "configuration.postgresql":
    "connectionMaxIdleTime connectionString connMaxIdleTime database host hostaddr maxConns notifyChannel password pgNotifyChannel port queryExecMode sslRootCert table timeout timeoutInSeconds user @azure @aws",
  "configuration.redis":
    "clientCert clientKey concurrency consumerID dialTimeout enableTLS failover idleCheckFrequency idleTimeout insecureSkipTLSVerify maxConnAge maxLenApprox minIdleConns poolSize poolTimeout processingTimeout queryIndexes queueDepth readTimeout redisDB redisHost redisMaxRetries redisMaxRetryInterval redisMinRetryInterval redisPassword redisPort redisType redisUsername sentinelMasterName sentinelPassword sentinelUsername streamTTL ttlInSeconds useEntraID writeTimeout @azure",
  "conversation.anthropic": "apiType cacheTTL endpoint key model",
  "conversation.aws.bedrock": "cacheTTL endpoint model responseCacheTTL @aws",
  "conversation.deepseek": "endpoint key maxTokens model",
  "conversation.echo": "",
  "conversation.googleai": "cacheTTL key model",
  "conversation.huggingface": "cacheTTL endpoint key model",
  "conversation.mistral": "cacheTTL key model",
  "conversation.ollama": "cacheTTL endpoint model",
  "conversation.openai": "apiType apiVersion cacheTTL endpoint key model",
  "lock.redis":
    "clientCert clientKey concurrency consumerID dialTimeout enableTLS failover idleCheckFrequency idleTimeout insecureSkipTLSVerify maxConnAge maxLenApprox maxRetries maxRetryBackoff minIdleConns poolSize poolTimeout processingTimeout queryIndexes queueDepth readTimeout redeliverInterval redisDB redisHost redisMaxRetries redisMaxRetryInterval redisMinRetryInterval redisPassword redisPort redisType redisUsername sentinelMasterName sentinelPassword sentinelUsername streamTTL ttlInSeconds useAzureAD useEntraID writeTimeout",
  "pubsub.aws.snssqs":
    "accountID assetsManagementTimeoutSeconds concurrencyLimit concurrencyMode disableDeleteOnRetryLimit disableEntityManagement endpoint fifo fifoMessageGroupID messageMaxNumber messageReceiveLimit messageRetryLimit messageVisibilityTimeout messageWaitTimeSeconds partition sqsDeadLettersQueueName @aws @pubsub",
  "pubsub.azure.eventhubs":
    "connectionString enableEntityManagement enableInOrderMessageDelivery eventHubNamespace getAllMessageProperties messageRetentionInDays partitionCount resourceGroupName storageAccountKey storageAccountName storageConnectionString storageContainerName subscriptionId @azure @pubsub",
  "pubsub.azure.servicebus.queues":
    "autoDeleteOnIdleInSec connectionString defaultMessageTimeToLiveInSec disableEntityManagement handlerTimeoutInSec lockDurationInSec lockRenewalInSec maxActiveMessages maxConcurrentHandlers maxConnectionRecoveryInSec maxDeliveryCount maxRetriableErrorsPerSec minConnectionRecoveryInSec namespaceName publishInitialRetryIntervalInMs publishMaxRetries queueName timeoutInSec @azure @pubsub",
  "pubsub.azure.servicebus.topics":
    "autoDeleteOnIdleInSec connectionString defaultMessageTimeToLiveInSec disableEntityManagement handlerTimeoutInSec lockDurationInSec lockRenewalInSec maxActiveMessages maxConcurrentHandlers maxConnectionRecoveryInSec maxDeliveryCount maxRetriableErrorsPerSec minConnectionRecoveryInSec namespaceName publishInitialRetryIntervalInMs publishMaxRetries queueName timeoutInSec @azure @pubsub",
  "pubsub.gcp.pubsub":
    "ackDeadline connectionRecoveryInSec deadLetterTopic disableEntityManagement enableMessageOrdering endpoint identityProjectID maxConcurrentConnections maxDeliveryAttempts maxOutstandingBytes maxOutstandingMessages maxReconnectionAttempts orderingKey @gcp @pubsub",
  "pubsub.in-memory": "@pubsub",
  "pubsub.jetstream":
    "ackPolicy ackWait apiPrefix backOff concurrency deliverPolicy domain durableName flowControl heartbeat jwt maxAckPending maxDeliver memoryStorage name natsURL queueGroupName rateLimit replicas seedKey startSequence startTime streamName tls_client_cert tls_client_key token @pubsub",
  "pubsub.kafka":
    "authType brokers caCert channelBufferSize clientCert clientConnectionKeepAliveInterval clientConnectionTopicMetadataRefreshInterval clientId clientKey compression consumeRetryEnabled consumeRetryInterval consumerFetchDefault consumerFetchMin consumerGroupRebalanceStrategy dialTimeout disableTls escapeHeaders excludeHeaderMetaRegex heartbeatInterval initialOffset maxMessageBytes metadataTimeout oidcAudience oidcClientAssertionCert oidcClientAssertionKey oidcClientID oidcClientSecret oidcExtensions oidcKid oidcResource oidcScopes oidcTokenEndpoint producerRequiredAcks producerRetryMax readTimeout saslMechanism saslPassword saslUsername schemaCachingEnabled schemaLatestVersionCacheTTL schemaRegistryAPIKey schemaRegistryAPISecret schemaRegistryURL sessionTimeout skipVerify useAvroJSON version writeTimeout @aws @pubsub",
  "pubsub.kubemq": "address authToken clientID disableReDelivery group store @pubsub",
  "pubsub.mqtt3": "caCert cleanSession clientCert clientKey qos retain url @pubsub",
  "pubsub.pulsar":
    "batchingMaxMessages batchingMaxPublishDelay batchingMaxSize compressionLevel compressionType disableBatching enableTLS host keys listenerName maxConcurrentHandlers namespace oauth2Audiences oauth2ClientID oauth2ClientSecret oauth2ClientSecretPath oauth2CredentialsFile oauth2Scopes oauth2TokenCAPEM oauth2TokenURL persistent privateKey processMode publicKey receiverQueueSize redeliveryDelay replicateSubscriptionState subscribeInitialPosition subscribeMode subscribeType tenant token @pubsub",
  "pubsub.rabbitmq":
    "autoAck caCert clientCert clientKey clientName concurrency connectionString deletedWhenUnused deliveryMode durable enableDeadLetter exchangeKind heartBeat hostname maxLen maxLenBytes password prefetchCount protocol publisherConfirm publishMessagePropertiesToMetadata reconnectWaitSeconds requeueInFailure saslExternal ttlInSeconds username @pubsub",
  "pubsub.redis":
    "clientCert clientKey concurrency dialTimeout enableTLS failover idleCheckFrequency idleTimeout insecureSkipTLSVerify maxConnAge maxLenApprox minIdleConns poolSize poolTimeout processingTimeout queryIndexes queueDepth readTimeout redeliverInterval redisDB redisHost redisMaxRetries redisMaxRetryInterval redisMinRetryInterval redisPassword redisPort redisType redisUsername sentinelMasterName sentinelPassword sentinelUsername streamTTL ttlInSeconds useEntraID writeTimeout @azure @pubsub",
  "pubsub.rocketmq":
    "accessKey autoCommit consumeConcurrentlyMaxSpan consumeMessageBatchMaxSize consumeOrderly consumerBatchSize consumerModel consumerPullTimeout consumeTimeout consumeTimestamp content-type fromWhere groupName instanceName logLevel maxReconsumeTimes mspProperties nameServer nameServerDomain nameSpace producerGroup producerQueueSelector pullBatchSize pullInterval pullThresholdForQueue pullThresholdForTopic pullThresholdSizeForQueue pullThresholdSizeForTopic retries secretKey securityToken sendTimeOut sendTimeOutSec @pubsub",
  "pubsub.solace.amqp": "anonymous caCert clientCert clientKey password url username @pubsub",
  "secretstores.alicloud.parameterstore": "accessKeyId accessKeySecret path regionId securityToken version_id",
  "secretstores.aws.parameterstore": "prefix @aws",
  "secretstores.aws.secretsmanager": "endpoint multipleKeyValuesPerSecret @aws",
  "secretstores.azure.keyvault": "vaultName @azure",
  "secretstores.gcp.secretmanager": "@gcp",
  "secretstores.hashicorp.vault":
    "caCert caPath caPem enginePath skipVerify tlsServerName vaultAddr vaultKVPrefix vaultKVUsePrefix vaultToken vaultTokenMountPath vaultValueType",
  "secretstores.huaweicloud.csms": "accessKey region secretAccessKey version_id",
  "secretstores.kubernetes": "defaultNamespace kubeconfigPath",
  "secretstores.local.env": "prefix",
  "secretstores.local.file": "multiValued nestedSeparator secretsFile",
  "secretstores.tencentcloud.ssm": "region secretId secretKey token VersionID",
  "state.aerospike": "hosts namespace set @state",
  "state.alicloud.tablestore": "accessKey accessKeyID endpoint instanceName tableName @state",
  "state.aws.dynamodb": "endpoint partitionKey table ttlAttributeName @aws @state",
  "state.azure.blobstorage":
    "v1 v2: accountKey accountName clientId connectionString containerName decodeBase64 disableEntityManagement endpoint publicAccessLevel retryCount tenantId @azure @state",
  "state.azure.cosmosdb": "collection contenttype database masterKey url @azure @state",
  "state.azure.tablestorage": "accountKey accountName cosmosDbMode serviceURL skipCreateTable tableName @azure @state",
  "state.cassandra":
    "consistency enableHostVerification hosts keyspace password port protoVersion replicationFactor table username @state",
  "state.cloudflare.workerskv": "cfAccountID cfAPIToken key kvNamespaceID timeoutInSeconds workerName workerUrl @state",
  "state.cockroachdb":
    "cleanupInterval connectionMaxIdleTime connectionString metadataTableName tableName timeout @state",
  "state.coherence":
    "ignoreInvalidCerts nearCacheMemory nearCacheTTL nearCacheUnits requestTimeout scopeName serverAddress tlsCertsPath tlsClientCertPath tlsClientKey tlsEnabled @state",
  "state.couchbase":
    "bucketName couchbaseURL numReplicasDurablePersistence numReplicasDurableReplication password username @state",
  "state.etcd": "ca cert endpoints key keyPrefixPath maxTxnOps tlsEnable @state",
  "state.gcp.firestore":
    "auth_provider_x509_cert_url auth_uri client_email client_id client_x509_cert_url connectionEndpoint endpoint entity_kind noIndex private_key private_key_id project_id token_uri type @state",
  "state.hashicorp.consul": "aclToken datacenter httpAddr keyPrefixPath scheme @state",
  "state.hazelcast": "hazelcastMap hazelcastServers @state",
  "state.in-memory": "@state",
  "state.jetstream": "bucket jwt name natsURL seedKey @state",
  "state.memcached": "hosts maxIdleConnections timeout @state",
  "state.mongodb":
    "collectionName connectionString databaseName host operationTimeout params password readconcern server username writeconcern @state",
  "state.mysql":
    "cleanupInterval connectionString metadataTableName pemPath schemaName tableName timeoutInSeconds @state",
  "state.oci.objectstorage":
    "bucketName compartmentOCID configFileAuthentication configFilePath configFileProfile fingerPrint instancePrincipalAuthentication namespace privateKey region tenancyOCID userOCID @state",
  "state.oracledatabase": "bulkGetChunkSize connectionString oracleWalletLocation tableName @state",
  "state.postgresql":
    "v1 v2: cleanupInterval cleanupIntervalInSeconds connectionMaxIdleTime connectionString database host hostaddr maxConns metadataTableName password port queryExecMode sslRootCert tableName tablePrefix timeout timeoutInSeconds user @azure @aws @state",
  "state.ravendb": "CertPath connectionString DatabaseName EnableTTL KeyPath ServerURL TTLFrequency @state",
  "state.redis":
    "clientCert clientKey concurrency consumerID dialTimeout enableTLS failover idleCheckFrequency idleTimeout insecureSkipTLSVerify maxConnAge maxLenApprox minIdleConns poolSize poolTimeout processingTimeout queueDepth readTimeout redeliverInterval redisDB redisHost redisMaxRetries redisMaxRetryInterval redisMinRetryInterval redisPassword redisPort redisType redisUsername sentinelMasterName sentinelPassword sentinelUsername streamTTL ttlInSeconds useEntraID writeTimeout @azure @state",
  "state.rethinkdb":
    "address addresses archive authKey clientCert clientKey database discoverHosts enableTLS handshakeVersion hostDecayDuration initialCap keepAlivePeriod maxIdle maxOpen nodeRefreshInterval numRetries password readTimeout table timeout useJSONNumber useOpentracing username writeTimeout @state",
  "state.sqlite":
    "busyTimeout cleanupInterval cleanupIntervalInSeconds connectionString disableWAL metadataTableName tableName timeout @state",
  "state.sqlserver":
    "v1 v2: bulkGetChunkSize cleanupInterval cleanupIntervalInSeconds connectionString indexedProperties keyLength keyType metadataTableName schemaName tableName @azure @state",
  "state.zookeeper": "keyPrefixPath maxBufferSize maxConnBufferSize servers sessionTimeout @state",
};

/** The fields that an `@` stands for. */
export const FIELD_GROUPS: Readonly<Record<string, string>> = {
  "@azure":
    "useAzureAD azureTenantId azureClientId azureClientSecret azureCertificate azureCertificateFile azureCertificatePassword azureEnvironment",
  "@aws":
    "region awsRegion accessKey secretKey sessionToken awsAccessKey awsSecretKey awsSessionToken assumeRoleArn awsIamRoleArn assumeRoleSessionName awsStsSessionName trustAnchorArn trustProfileArn useAWSIAM sessionName",
  "@gcp":
    "type projectId project_id privateKeyId private_key_id privateKey private_key clientEmail client_email clientId client_id authUri auth_uri tokenUri token_uri authProviderX509CertUrl auth_provider_x509_cert_url clientX509CertUrl client_x509_cert_url",
  "@state":
    "keyPrefix actorStateStore outboxPublishPubsub outboxPublishTopic outboxPubsub outboxDiscardWhenMissingState primaryEncryptionKey secondaryEncryptionKey queryIndexes",
  "@pubsub": "consumerID consumerGroup",
  "@binding": "direction route",
};
