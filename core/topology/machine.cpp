#include "core/topology/machine.hpp"

#include <hwloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <system_error>
#include <type_traits>

#include "core/base/assert.hpp"
#include "core/base/error.hpp"
#include "core/base/thread.hpp"

namespace an {
namespace {

struct DestroyTopology {
  void operator()(hwloc_topology_t topology) const noexcept { hwloc_topology_destroy(topology); }
};
struct FreeBitmap {
  void operator()(hwloc_bitmap_t bitmap) const noexcept { hwloc_bitmap_free(bitmap); }
};
using Topology = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, DestroyTopology>;
using Bitmap = std::unique_ptr<std::remove_pointer_t<hwloc_bitmap_t>, FreeBitmap>;

// Numbers things 0, 1, 2 .. in the order they are first asked for.
class Numbering {
 public:
  int of(const void* thing) {
    return numbers_.try_emplace(thing, static_cast<int>(numbers_.size())).first->second;
  }
  int size() const { return static_cast<int>(numbers_.size()); }

 private:
  std::map<const void*, int> numbers_;
};

Error system_failure(const std::string& step) {
  return Error("hwloc could not " + step + ": " + std::generic_category().message(errno),
               "Likely /sys or /proc is hidden from this process, or HWLOC_* variables are set",
               "Run `lstopo` to see what hwloc sees, and unset HWLOC_XMLFILE and HWLOC_SYNTHETIC");
}

Error bad_description(const std::string& description) {
  return Error("cannot read the machine description \"" + description.substr(0, 60) + "\"",
               "It is neither an hwloc synthetic string nor XML from `lstopo --of xml`",
               "Write something like \"pack:2 l3:1 core:8 pu:2\"");
}

Topology new_topology() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) {
    throw system_failure("start");
  }
  return Topology(raw);
}

// Removes the CPUs that are not in `ids`, and all groups that become empty.
void restrict_topology(hwloc_topology_t topology, const std::vector<int>& ids) {
  const Bitmap set(hwloc_bitmap_alloc());
  AN_ASSERT(set != nullptr);
  for (const int id : ids) {
    if (id >= 0 && hwloc_bitmap_set(set.get(), static_cast<unsigned>(id)) != 0) {
      throw system_failure("build a set of CPUs");
    }
  }
  if (hwloc_topology_restrict(topology, set.get(), 0) != 0) {
    throw Error("none of the allowed CPUs is in the topology",
                "Likely the affinity of this process and the CPUs hwloc sees do not overlap",
                "Run `taskset -p $$` and `lstopo`, and widen the affinity");
  }
}

// The object of `type` above `pu`; null when the machine has none or does not tell.
const void* above(hwloc_topology_t topology, hwloc_obj_type_t type, hwloc_obj_t pu) {
  return hwloc_get_ancestor_obj_by_type(topology, type, pu);
}

// The NUMA node nearest to `pu`; with several at one place (DRAM and HBM) the first, the DRAM.
const void* node_of(hwloc_topology_t topology, hwloc_obj_t pu) {
  if (pu->nodeset == nullptr || hwloc_bitmap_first(pu->nodeset) < 0) {
    return nullptr;
  }
  return hwloc_get_numanode_obj_by_os_index(topology,
                                            static_cast<unsigned>(hwloc_bitmap_first(pu->nodeset)));
}

void read_cpus(hwloc_topology_t topology, Machine& machine) {
  std::vector<hwloc_obj_t> pus;
  hwloc_obj_t pu = nullptr;
  while ((pu = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, pu)) != nullptr) {
    pus.push_back(pu);
  }
  std::sort(pus.begin(), pus.end(),
            [](hwloc_obj_t a, hwloc_obj_t b) { return a->os_index < b->os_index; });
  Numbering cores;
  Numbering packages;
  Numbering nodes;
  Numbering l2s;
  Numbering l3s;
  for (hwloc_obj_t each : pus) {
    const void* core = above(topology, HWLOC_OBJ_CORE, each);
    const void* l2 = above(topology, HWLOC_OBJ_L2CACHE, each);
    const void* l3 = above(topology, HWLOC_OBJ_L3CACHE, each);
    // A machine that does not name its cores has one per CPU; unnamed packages are one.
    machine.cpus.push_back({.id = static_cast<int>(each->os_index),
                            .core = cores.of(core != nullptr ? core : each),
                            .package = packages.of(above(topology, HWLOC_OBJ_PACKAGE, each)),
                            .node = nodes.of(node_of(topology, each)),
                            .l2 = l2 != nullptr ? l2s.of(l2) : -1,
                            .l3 = l3 != nullptr ? l3s.of(l3) : -1});
  }
  machine.cores = cores.size();
  machine.packages = packages.size();
  machine.nodes = nodes.size();
}

void read_caches(hwloc_topology_t topology, Machine& machine) {
  constexpr std::array kTypes = {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L3CACHE,
                                 HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE};
  for (const hwloc_obj_type_t type : kTypes) {
    hwloc_obj_t cache = nullptr;
    while ((cache = hwloc_get_next_obj_by_type(topology, type, cache)) != nullptr) {
      const Cache found{.level = static_cast<int>(cache->attr->cache.depth),
                        .bytes = static_cast<std::int64_t>(cache->attr->cache.size),
                        .line_bytes = static_cast<int>(cache->attr->cache.linesize),
                        .shared_by = hwloc_bitmap_weight(cache->cpuset)};
      const auto same =
          std::find_if(machine.caches.begin(), machine.caches.end(), [&](const Cache& known) {
            return known.level == found.level && known.bytes == found.bytes &&
                   known.line_bytes == found.line_bytes;
          });
      if (same == machine.caches.end()) {
        machine.caches.push_back(found);
      } else {
        same->shared_by = std::max(same->shared_by, found.shared_by);
      }
    }
  }
}

std::string read_model(hwloc_topology_t topology) {
  for (const hwloc_obj_type_t type : {HWLOC_OBJ_PACKAGE, HWLOC_OBJ_MACHINE}) {
    hwloc_obj_t object = hwloc_get_obj_by_type(topology, type, 0);
    const char* model =
        object != nullptr ? hwloc_obj_get_info_by_name(object, "CPUModel") : nullptr;
    if (model != nullptr) {
      return model;
    }
  }
  return {};
}

Machine convert(hwloc_topology_t topology) {
  Machine machine;
  read_cpus(topology, machine);
  read_caches(topology, machine);
  machine.model = read_model(topology);
  machine.memory_bytes = static_cast<std::int64_t>(hwloc_get_root_obj(topology)->total_memory);
  AN_ASSERT(!machine.cpus.empty());
  return machine;
}

}  // namespace

Machine read_machine() {
  const Topology topology = new_topology();
  // Some of hwloc's probes bind the calling thread to every CPU in turn; /sys tells as much.
  if (hwloc_topology_set_flags(topology.get(), HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING) != 0 ||
      hwloc_topology_load(topology.get()) != 0) {
    throw system_failure("read this machine");
  }
  restrict_topology(topology.get(), allowed_cpus());
  Machine machine = convert(topology.get());
  if (machine.memory_bytes == 0) {
    // hwloc reads it from /sys, which a bare root or a container may not have mounted.
    machine.memory_bytes =
        static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
  }
  return machine;
}

Machine read_machine_from(const std::string& description, const std::vector<int>& allowed) {
  const Topology topology = new_topology();
  const bool is_xml = !description.empty() && description.front() == '<';
  const int chosen = is_xml ? hwloc_topology_set_xmlbuffer(topology.get(), description.c_str(),
                                                           static_cast<int>(description.size() + 1))
                            : hwloc_topology_set_synthetic(topology.get(), description.c_str());
  if (chosen != 0 || hwloc_topology_load(topology.get()) != 0) {
    throw bad_description(description);
  }
  if (!allowed.empty()) {
    restrict_topology(topology.get(), allowed);
  }
  return convert(topology.get());
}

}  // namespace an
