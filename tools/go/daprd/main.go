// Command daprd is Dapr's sidecar with its stable components and, beside them, those that speak to language models,
// which are too young for the tag of the stable ones. All components there are would take as long again to compile.
package main

import (
	"github.com/dapr/components-contrib/conversation/anthropic"
	"github.com/dapr/components-contrib/conversation/deepseek"
	"github.com/dapr/components-contrib/conversation/echo"
	"github.com/dapr/components-contrib/conversation/googleai"
	"github.com/dapr/components-contrib/conversation/huggingface"
	"github.com/dapr/components-contrib/conversation/mistral"
	"github.com/dapr/components-contrib/conversation/ollama"
	"github.com/dapr/components-contrib/conversation/openai"
	"github.com/dapr/dapr/cmd/daprd/app"
	"github.com/dapr/dapr/pkg/components/conversation"
)

func main() {
	registry := conversation.DefaultRegistry
	registry.RegisterComponent(anthropic.NewAnthropic, "anthropic")
	registry.RegisterComponent(deepseek.NewDeepseek, "deepseek")
	registry.RegisterComponent(echo.NewEcho, "echo")
	registry.RegisterComponent(googleai.NewGoogleAI, "googleai")
	registry.RegisterComponent(huggingface.NewHuggingface, "huggingface")
	registry.RegisterComponent(mistral.NewMistral, "mistral")
	registry.RegisterComponent(ollama.NewOllama, "ollama")
	registry.RegisterComponent(openai.NewOpenAI, "openai")
	app.Run()
}
