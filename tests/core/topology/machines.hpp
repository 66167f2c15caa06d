// Machines we do not own, for the tests of this folder: made up from descriptions, never by writing
// to the system.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "core/topology/machine.hpp"

namespace an {

// Two sockets of eight cores with two hyperthreads each and a NUMA node to a socket, as Linux
// numbers them on Intel servers: CPUs 0..15 are the first hyperthreads of all cores, 16..31 the
// second ones.
inline Machine two_sockets_as_intel_numbers() {
  std::string indexes;
  for (int core = 0; core < 16; ++core) {
    indexes += (core > 0 ? "," : "") + std::to_string(core) + "," + std::to_string(core + 16);
  }
  return read_machine_from("pack:2 [numa(memory=1GB)] l3:1 l2:8 core:1 pu:2(indexes=" + indexes +
                           ")");
}

// Two packages of two NUMA nodes (sub-NUMA clustering), four cores in each, one CPU in each core.
inline Machine clustered_sockets() {
  return read_machine_from("pack:2 numa:2 l3:1 core:4 pu:1");
}

// What `lstopo --of xml` prints on two sockets of two cores with two hyperthreads each, CPUs 0..7,
// one NUMA node and one L3 to a socket, where only the CPUs in `online` run and only those in
// `granted` (bit masks) belong to the container. Offline CPUs, and cores and sockets without any
// other, are in the complete sets only. With --disallowed, the forbidden ones are still listed.
inline std::string small_server_xml(std::uint32_t online, std::uint32_t granted) {
  const auto sets = [&](std::uint32_t cpus, std::uint32_t nodes) {
    char text[256];
    std::snprintf(text, sizeof text,
                  " cpuset=\"0x%x\" complete_cpuset=\"0x%x\" nodeset=\"0x%x\" "
                  "complete_nodeset=\"0x%x\"",
                  cpus & online, cpus, nodes, nodes);
    return std::string(text);
  };
  int index = 0;
  const auto open = [&](const std::string& type, const std::string& attributes) {
    ++index;
    return "<object type=\"" + type + "\" gp_index=\"" + std::to_string(index) + "\"" + attributes +
           ">";
  };
  char allowed[64];
  std::snprintf(allowed, sizeof allowed, " allowed_cpuset=\"0x%x\" allowed_nodeset=\"0x3\"",
                granted & online);
  std::string xml =
      "<topology version=\"2.0\">" + open("Machine", " os_index=\"0\"" + sets(0xff, 3) + allowed);
  for (std::uint32_t package = 0; package < 2; ++package) {
    const std::string in_package = sets(0xfU << (4 * package), 1U << package);
    const std::string number = " os_index=\"" + std::to_string(package) + "\"";
    xml += open("Package", number + in_package);
    xml += open("NUMANode", number + in_package + " local_memory=\"1073741824\"") + "</object>";
    xml += open("L3Cache", in_package +
                               " cache_size=\"8388608\" depth=\"3\" cache_linesize=\"64\" "
                               "cache_associativity=\"16\" cache_type=\"0\"");
    for (std::uint32_t core = 2 * package; core < 2 * package + 2; ++core) {
      if ((online >> (2 * core) & 3) == 0) {
        continue;
      }
      xml += open("Core", " os_index=\"" + std::to_string(core) + "\"" +
                              sets(3U << (2 * core), 1U << package));
      for (std::uint32_t cpu = 2 * core; cpu < 2 * core + 2; ++cpu) {
        if ((online >> cpu & 1) != 0) {
          xml += open("PU", " os_index=\"" + std::to_string(cpu) + "\"" +
                                sets(1U << cpu, 1U << package)) +
                 "</object>";
        }
      }
      xml += "</object>";
    }
    xml += "</object></object>";
  }
  return xml + "</object></topology>";
}

inline constexpr std::uint32_t kAllOfSmallServer = 0xff;

inline Machine small_server(std::uint32_t online, std::uint32_t granted = kAllOfSmallServer) {
  return read_machine_from(small_server_xml(online, granted));
}

}  // namespace an
