// Command flux makes one pass of Flux's library over a folder of manifests, as Flux's controller does: what differs
// from its dry run is applied in stages, what the last pass applied and the folder no longer has is deleted, and an
// inventory of what was applied is kept in a ConfigMap.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fluxcd/cli-utils/pkg/kstatus/polling"
	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

const (
	manager   = "flux"
	inventory = "flux-inventory"
	// What Flux's controller has by default.
	atOnce = 4
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file with the cluster")
	namespace := flag.String("namespace", "", "where the inventory is")
	folder := flag.String("folder", "", "manifests, in folders of any depth")
	flag.Parse()
	if err := pass(context.Background(), *kubeconfig, *namespace, *folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func pass(ctx context.Context, kubeconfig, namespace, folder string) error {
	kube, resources, err := connect(kubeconfig)
	if err != nil {
		return err
	}
	objects, err := read(folder)
	if err != nil {
		return err
	}
	former, err := formerObjects(ctx, kube, namespace)
	if err != nil {
		return err
	}
	applied, err := resources.ApplyAllStaged(ctx, objects, ssa.DefaultApplyOptions())
	if err != nil {
		return err
	}
	deleted, err := resources.DeleteAll(ctx, missing(former, objects), ssa.DefaultDeleteOptions())
	if err != nil {
		return err
	}
	for action, count := range count(applied, deleted) {
		fmt.Println(action, count)
	}
	return remember(ctx, kube, namespace, objects)
}

func connect(kubeconfig string) (client.Client, *ssa.ResourceManager, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, nil, err
	}
	// Flux leaves the pace to the API server where that has priority and fairness.
	config.QPS = -1
	transport, err := rest.HTTPClientFor(config)
	if err != nil {
		return nil, nil, err
	}
	mapper, err := apiutil.NewDynamicRESTMapper(config, transport)
	if err != nil {
		return nil, nil, err
	}
	kube, err := client.New(config, client.Options{Mapper: mapper, HTTPClient: transport})
	if err != nil {
		return nil, nil, err
	}
	poller := polling.NewStatusPoller(kube, mapper, polling.Options{})
	resources := ssa.NewResourceManager(kube, poller, ssa.Owner{Field: manager, Group: "flux.claworc.dev"})
	resources.SetConcurrency(atOnce)
	return kube, resources, nil
}

func read(folder string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found, err := utils.ReadObjects(bytes.NewReader(text))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		objects = append(objects, found...)
		return nil
	})
	return objects, err
}

// What is kept of an object: enough to delete it.
type entry struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Namespace  string `json:"namespace"`
	Name       string `json:"name"`
}

func entryOf(object *unstructured.Unstructured) entry {
	return entry{object.GetAPIVersion(), object.GetKind(), object.GetNamespace(), object.GetName()}
}

func formerObjects(ctx context.Context, kube client.Client, namespace string) ([]entry, error) {
	stored := &corev1.ConfigMap{}
	err := kube.Get(ctx, client.ObjectKey{Namespace: namespace, Name: inventory}, stored)
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var entries []entry
	return entries, json.Unmarshal([]byte(stored.Data["entries"]), &entries)
}

func missing(former []entry, objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	wanted := make(map[entry]bool, len(objects))
	for _, object := range objects {
		wanted[entryOf(object)] = true
	}
	var gone []*unstructured.Unstructured
	for _, each := range former {
		if wanted[each] {
			continue
		}
		object := &unstructured.Unstructured{}
		object.SetAPIVersion(each.APIVersion)
		object.SetKind(each.Kind)
		object.SetNamespace(each.Namespace)
		object.SetName(each.Name)
		gone = append(gone, object)
	}
	return gone
}

func remember(ctx context.Context, kube client.Client, namespace string, objects []*unstructured.Unstructured) error {
	entries := make([]entry, 0, len(objects))
	for _, object := range objects {
		entries = append(entries, entryOf(object))
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	stored := &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: inventory},
		Data:       map[string]string{"entries": string(text)},
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return kube.Patch(ctx, stored, client.Apply, client.FieldOwner(manager), client.ForceOwnership)
}

func count(sets ...*ssa.ChangeSet) map[ssa.Action]int {
	counts := map[ssa.Action]int{}
	for _, set := range sets {
		for _, entry := range set.Entries {
			counts[entry.Action]++
		}
	}
	return counts
}
