// A program that uses the library only through the shared object.
extern "C" int serve();

int main() {
  return serve();
}
