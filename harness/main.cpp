// The program `harness`: from the command line to an exit code. Every error ends here, as one
// message on standard error with what failed, the likely cause and the remedy.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "harness/commands.hpp"
#include "harness/options.hpp"

int main(int argc, char** argv) {
  using namespace an::harness;
  try {
    const Options options = parse_options(std::vector<std::string>(argv, argv + argc));
    if (!options.help.empty()) {
      std::cout << options.help;
      return kExitOk;
    }
    return execute(options);
  } catch (const UsageError& error) {
    std::cerr << "harness: " << error.what() << "\n";
    return kExitUsage;
  } catch (const an::Error& error) {
    std::cerr << "harness: " << error.what() << "\n";
    return kExitEnvironment;
  } catch (const std::exception& error) {
    std::cerr << "harness: internal error: " << error.what() << "\n";
    return kExitInternal;
  }
}
